#include "client/picture_file.hpp"

#include "codec/media_type.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace chatopen::client {

Result<PictureFile> PictureFile::create(const std::string& path, const SaveOptions& options) {
  using Existing = base::NewFile::Existing;
  auto file = base::NewFile::create(path, options.overwrite ? Existing::replaced : Existing::kept);
  if (!file) return std::move(file).error();
  return PictureFile(*std::move(file), path, options);
}

void PictureFile::restart() {
  bytes_ = 0;
  first_bytes_.clear();
  media_type_.clear();
  fault_.reset();
  if (Result<void> emptied = file_.restart(); !emptied) static_cast<void>(fail(std::move(emptied).error()));
}

bool PictureFile::fail(Error error) {
  fault_ = std::make_unique<Error>(std::move(error));
  return false;
}

bool PictureFile::expect(std::uint64_t bytes) {
  if (bytes <= max_bytes_) return true;
  return fail({.kind = ErrorKind::too_large,
               .message = "the picture is larger than " + std::to_string(max_bytes_) + " bytes",
               .detail = "SaveOptions::max_bytes is the limit"});
}

bool PictureFile::write(std::string_view bytes) {
  Result<void> written = file_.write(bytes);
  return written || fail(std::move(written).error());
}

bool PictureFile::take_first_bytes() {
  media_type_ = codec::media_type_of(first_bytes_);
  if (!media_type_.empty()) return write(first_bytes_);
  return fail({.kind = ErrorKind::protocol,
               .message = first_bytes_.empty() ? "the picture is empty" : "what came is no known picture format",
               .detail = "PNG, JPEG, GIF, WebP and BMP are told by their first bytes"});
}

bool PictureFile::add(std::string_view bytes) {
  if (fault_ != nullptr) return false;
  if (bytes.size() > max_bytes_ - bytes_) return expect(max_bytes_ + 1);
  bytes_ += bytes.size();
  if (media_type_.empty()) {
    const std::size_t missing = codec::magic_bytes_size - std::min(first_bytes_.size(), codec::magic_bytes_size);
    first_bytes_ += bytes.substr(0, missing);
    bytes.remove_prefix(std::min(missing, bytes.size()));
    if (first_bytes_.size() < codec::magic_bytes_size) return true;
    if (!take_first_bytes()) return false;
  }
  return bytes.empty() || write(bytes);
}

Result<SavedFile> PictureFile::finish() {
  // A picture may be shorter than what tells every format.
  if (fault_ == nullptr && media_type_.empty()) static_cast<void>(take_first_bytes());
  if (fault_ != nullptr) return *fault_;
  if (Result<void> committed = file_.commit(sync_); !committed) return std::move(committed).error();
  return SavedFile{.path = path_, .bytes = bytes_, .media_type = media_type_};
}

}  // namespace chatopen::client
