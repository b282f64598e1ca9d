#pragma once

#include <chatopen/error.hpp>

#include <string>
#include <string_view>

namespace chatopen::codec {

/// The last part of a path, whichever way its directories are separated.
[[nodiscard]] std::string_view base_name(std::string_view path) noexcept;

/// Whether the name cannot be sent: empty, a path, not UTF-8, or with control characters, which could end the header
/// that it stands in. Describes it as `invalid_argument`.
[[nodiscard]] bool refuses_file_name(std::string_view file_name, Error& fault);
/// The same of what is no media type.
[[nodiscard]] bool refuses_media_type(std::string_view media_type, Error& fault);

/// `file`, with the extension of a picture's format; without one for everything else.
[[nodiscard]] std::string file_name_for(std::string_view media_type);

/// What stands around the bytes of a file in a `multipart/form-data` body (RFC 7578) with one part named `file`.
struct FormFrame {
  /// Of the request.
  std::string content_type;
  std::string before;
  std::string after;
};

/// For a name and a media type that were not refused, and a boundary that the file's bytes do not contain.
[[nodiscard]] FormFrame frame_file(std::string_view boundary, std::string_view file_name, std::string_view media_type);

/// 128 random bits, so that no file contains it but by intent of who does not know it.
[[nodiscard]] std::string random_boundary();

}  // namespace chatopen::codec
