#include "client/file_source.hpp"

#include "base/refusal.hpp"
#include "codec/media_type.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace chatopen::client {

Result<std::shared_ptr<FileSource>> FileSource::open(const std::string& path) {
  Result<base::RegularFile> file = base::RegularFile::open(path);
  if (!file) return std::move(file).error();
  const std::optional<base::FileState> state = file->state();
  if (!state) return base::refusal(ErrorKind::io, {"cannot read '", path, "'"});
  std::shared_ptr<FileSource> source(new FileSource(*std::move(file), path, *state));
  std::array<char, codec::magic_bytes_size> first_bytes = {};
  const Result<std::size_t> count = source->file_.read(first_bytes.data(), first_bytes.size());
  if (!count) return count.error();
  source->media_type_ = codec::media_type_of({first_bytes.data(), *count});
  if (!source->rewind()) return base::refusal(ErrorKind::io, {"cannot read '", path, "' from its beginning"});
  return source;
}

std::optional<Error> FileSource::find_change() {
  const auto changed = [this](std::string_view how) {
    return base::refusal(ErrorKind::io, {"'", path_, "' ", how, " while it was uploaded"},
                         {"upload it again once nothing writes to it"});
  };
  const std::optional<base::FileState> now = file_.state();
  if (!now || now->size < state_.size) return changed("shrank");
  if (now->size > state_.size) return changed("grew");
  if (*now != state_) return changed("was written to");
  if (file_.state_by_path() != state_) return changed("was replaced or removed");
  return std::nullopt;
}

Result<std::size_t> FileSource::read(char* into, std::size_t capacity) {
  capacity = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, state_.size - position_));
  Result<std::size_t> count = file_.read(into, capacity);
  if (!count) return count;
  if (auto error = find_change()) return *std::move(error);
  position_ += *count;
  return count;
}

bool FileSource::rewind() noexcept {
  position_ = 0;
  return file_.rewind();
}

Result<std::size_t> BytesSource::read(char* into, std::size_t capacity) {
  const std::string_view piece = std::string_view(*bytes_).substr(position_, capacity);
  std::copy(piece.begin(), piece.end(), into);
  position_ += piece.size();
  return piece.size();
}

bool BytesSource::rewind() noexcept {
  position_ = 0;
  return true;
}

}  // namespace chatopen::client
