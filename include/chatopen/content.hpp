#pragma once

/// @file
/// The parts of a message: text and pictures.

#include <chatopen/export.hpp>
#include <chatopen/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace chatopen {

/// A piece of text (`{"type":"text"}`, documented). Must be valid UTF-8.
struct TextPart {
  /// The text itself.
  std::string text = {};
};

/// A picture (`{"type":"imageUrl"}`, documented): by URL, from memory, or from a file that is read while the request is
/// encoded. Made by `image_url`, `image_bytes` and `image_file`. Cheap to copy: bytes are shared and never change.
class CHATOPEN_EXPORT ImagePart {
 public:
  /// Where the picture is.
  enum class Source : std::uint8_t { url, bytes, file };

  /// Where this picture is.
  [[nodiscard]] Source source() const noexcept { return source_; }
  /// The URL, or the file's path; empty for bytes.
  [[nodiscard]] const std::string& location() const& noexcept { return location_; }
  [[nodiscard]] std::string location() &&;
  /// Such as `image/png`, found from the magic bytes; empty for a URL.
  [[nodiscard]] const std::string& media_type() const& noexcept { return media_type_; }
  [[nodiscard]] std::string media_type() &&;
  /// Bytes of the picture when it was checked; 0 for a URL.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// The shared bytes; null unless `source()` is `Source::bytes`.
  [[nodiscard]] const std::shared_ptr<const std::string>& bytes() const& noexcept { return bytes_; }
  [[nodiscard]] std::shared_ptr<const std::string> bytes() &&;

 private:
  friend CHATOPEN_EXPORT ImagePart image_url(std::string url);
  friend CHATOPEN_EXPORT Result<ImagePart> image_bytes(std::shared_ptr<const std::string> bytes,
                                                       std::uint64_t max_bytes);
  friend CHATOPEN_EXPORT Result<ImagePart> image_file(std::string path, std::uint64_t max_bytes);
  ImagePart() = default;

  Source source_ = Source::url;
  std::string location_;
  std::string media_type_;
  std::uint64_t size_ = 0;
  std::shared_ptr<const std::string> bytes_;
};

/// Either kind of part.
using ContentPart = std::variant<TextPart, ImagePart>;

/// The size limit of a local picture unless the caller names another: 20 MiB.
inline constexpr std::uint64_t default_max_image_bytes = std::uint64_t{20} * 1024 * 1024;

/// A text part.
[[nodiscard]] CHATOPEN_EXPORT TextPart text(std::string text);

/// A picture by URL: `https:`, `http:` or `data:` (the last observed at the image endpoint). It is passed on as it is;
/// the SDK never fetches it. What is not such a URL is refused when the request is sent.
[[nodiscard]] CHATOPEN_EXPORT ImagePart image_url(std::string url);

/// A picture from memory (PNG, JPEG, GIF, WebP or BMP, told by its magic bytes), sent as a `data:` URL that exists only
/// inside the request's body. The bytes are shared, never copied.
/// Errors: `invalid_argument` when the bytes are null, empty, larger than `max_bytes`, or no known picture format.
[[nodiscard]] CHATOPEN_EXPORT Result<ImagePart> image_bytes(std::shared_ptr<const std::string> bytes,
                                                            std::uint64_t max_bytes = default_max_image_bytes);
/// The same for bytes that the picture takes over.
[[nodiscard]] CHATOPEN_EXPORT Result<ImagePart> image_bytes(std::string bytes,
                                                            std::uint64_t max_bytes = default_max_image_bytes);

/// A picture from a local regular file (formats as in `image_bytes`). The file is checked now and read while the
/// request is encoded; one that has changed its size or format by then is an `io` error of the call. Errors: `io` when
/// it cannot be read; `invalid_argument` when it is no regular file, empty, larger than `max_bytes`, or no known
/// picture format.
[[nodiscard]] CHATOPEN_EXPORT Result<ImagePart> image_file(std::string path,
                                                           std::uint64_t max_bytes = default_max_image_bytes);

}  // namespace chatopen
