#include "base/file.hpp"
#include "codec/media_type.hpp"

#include <chatopen/content.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace chatopen {
namespace {

std::optional<Error> fault_in_size(const std::string& picture, std::uint64_t size, std::uint64_t max_bytes) {
  if (size == 0) return Error{.kind = ErrorKind::invalid_argument, .message = picture + " is empty"};
  if (size > max_bytes) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = picture + " has " + std::to_string(size) + " bytes, more than the limit of " +
                            std::to_string(max_bytes),
                 .detail = "make it smaller, or pass a larger max_bytes"};
  }
  return std::nullopt;
}

Error unknown_format(const std::string& picture) {
  return {.kind = ErrorKind::invalid_argument,
          .message = picture + " is no known picture format",
          .detail = "PNG, JPEG, GIF, WebP and BMP are told by their first bytes"};
}

}  // namespace

std::string ImagePart::location() && {
  return std::move(location_);
}
std::string ImagePart::media_type() && {
  return std::move(media_type_);
}
std::shared_ptr<const std::string> ImagePart::bytes() && {
  return std::move(bytes_);
}

TextPart text(std::string text) {
  return {std::move(text)};
}

ImagePart image_url(std::string url) {
  ImagePart part;
  part.source_ = ImagePart::Source::url;
  part.location_ = std::move(url);
  return part;
}

Result<ImagePart> image_bytes(std::shared_ptr<const std::string> bytes, std::uint64_t max_bytes) {
  const std::string picture = "the picture";
  if (bytes == nullptr) return Error{.kind = ErrorKind::invalid_argument, .message = picture + "'s bytes are null"};
  if (auto fault = fault_in_size(picture, bytes->size(), max_bytes)) return *std::move(fault);
  const std::string_view media_type = codec::media_type_of(*bytes);
  if (media_type.empty()) return unknown_format(picture);

  ImagePart part;
  part.source_ = ImagePart::Source::bytes;
  part.media_type_ = media_type;
  part.size_ = bytes->size();
  part.bytes_ = std::move(bytes);
  return part;
}

Result<ImagePart> image_bytes(std::string bytes, std::uint64_t max_bytes) {
  return image_bytes(std::make_shared<const std::string>(std::move(bytes)), max_bytes);
}

Result<ImagePart> image_file(std::string path, std::uint64_t max_bytes) {
  Result<base::RegularFile> file = base::RegularFile::open(path);
  if (!file) return std::move(file).error();
  const std::string picture = "'" + path + "'";
  if (auto fault = fault_in_size(picture, file->size(), max_bytes)) return *std::move(fault);
  std::array<char, codec::magic_bytes_size> first_bytes = {};
  const Result<std::size_t> count = file->read(first_bytes.data(), first_bytes.size());
  if (!count) return count.error();
  const std::string_view media_type = codec::media_type_of({first_bytes.data(), *count});
  if (media_type.empty()) return unknown_format(picture);

  ImagePart part;
  part.source_ = ImagePart::Source::file;
  part.media_type_ = media_type;
  part.size_ = file->size();
  part.location_ = std::move(path);
  return part;
}

}  // namespace chatopen
