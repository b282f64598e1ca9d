#include "codec/data_url.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "codec/base64.hpp"
#include "codec/media_type.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace chatopen::codec {
namespace {

constexpr std::string_view scheme = "data:";
constexpr std::string_view encoding = ";base64,";

// Whole groups of three, so that pieces join; small enough for the first-level cache. Whole pages, so that the standard
// library reads without a buffer of its own.
constexpr std::size_t piece_size = std::size_t{3} * 4096;
// Fewer system calls; below what allocators map and unmap each time.
constexpr std::size_t file_piece_size = 4 * piece_size;

// The tail is cleared and overwritten piece by piece, while it is in the cache.
void append_base64(std::string_view bytes, std::string& body) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_size);
    const std::size_t end = body.size();
    body.resize(end + base64_size(piece.size()));
    base64_encode(piece, body.data() + end);
    bytes.remove_prefix(piece.size());
  }
}

Error changed(const ImagePart& picture, const char* how) {
  return {.kind = ErrorKind::io,
          .message = "'" + picture.location() + "' " + how + " after image_file() checked it",
          .detail = "call image_file() again, or keep the picture's bytes with image_bytes()"};
}

std::optional<Error> append_file(const ImagePart& picture, std::string& body) {
  Result<base::RegularFile> file = base::RegularFile::open(picture.location());
  if (!file) {
    Error fault = std::move(file).error();
    if (fault.kind != ErrorKind::io) return changed(picture, "was replaced by what is no regular file");
    return fault;
  }
  const auto piece = std::make_unique_for_overwrite<char[]>(file_piece_size);
  std::uint64_t left = picture.size();
  while (true) {
    const Result<std::size_t> count = file->read(piece.get(), file_piece_size);
    if (!count) return count.error();
    const std::string_view bytes(piece.get(), *count);
    // Found by reading, since the size may change even now.
    if (bytes.size() != std::min<std::uint64_t>(left, file_piece_size)) return changed(picture, "changed its size");
    if (bytes.empty()) return std::nullopt;
    if (left == picture.size() && media_type_of(bytes) != picture.media_type()) {
      return changed(picture, "changed its format");
    }
    append_base64(bytes, body);
    left -= bytes.size();
  }
}

}  // namespace

std::size_t data_url_size(const ImagePart& picture) noexcept {
  return scheme.size() + picture.media_type().size() + encoding.size() +
         base64_size(static_cast<std::size_t>(picture.size()));
}

std::optional<Error> append_data_url(const ImagePart& picture, std::string& body) {
  body.append(scheme).append(picture.media_type()).append(encoding);
  if (picture.source() == ImagePart::Source::file) return append_file(picture, body);
  append_base64(*picture.bytes(), body);
  return std::nullopt;
}

std::optional<std::string_view> base64_in_data_url(std::string_view url) noexcept {
  if (!base::equal_ignoring_case(url.substr(0, scheme.size()), scheme)) return std::nullopt;
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos || comma + 1 < encoding.size()) return std::nullopt;
  const std::size_t data = comma + 1;
  if (!base::equal_ignoring_case(url.substr(data - encoding.size(), encoding.size()), encoding)) return std::nullopt;
  return url.substr(data);
}

}  // namespace chatopen::codec
