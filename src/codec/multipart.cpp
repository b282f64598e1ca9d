#include "codec/multipart.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"
#include "codec/utf8.hpp"

#include <random>

namespace chatopen::codec {
namespace {

bool refuse(Error& fault, std::string_view field, std::string_view what, std::string_view detail) {
  return base::refuse(fault, ErrorKind::invalid_argument, {field, what}, {detail});
}

bool is_no_header_text(char c) noexcept {
  return c < 0x20 || c >= 0x7f;
}

// As browsers do (HTML, "multipart/form-data encoding algorithm"), of whose three escapes two are of what was refused.
void append_escaped(std::string_view file_name, std::string& header) {
  for (const char c : file_name) {
    if (c == '"') {
      header += "%22";
    } else {
      header += c;
    }
  }
}

}  // namespace

std::string_view base_name(std::string_view path) noexcept {
  const std::size_t separator = path.find_last_of("/\\");
  return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

bool refuses_file_name(std::string_view file_name, Error& fault) {
  constexpr std::string_view field = "file_name";
  if (!is_utf8(file_name)) return refuse(fault, field, " is not valid UTF-8", "give another with file_name");
  if (base::has_character(file_name, base::is_control)) {
    return refuse(fault, field, " has a control character",
                  "line breaks and other controls may not stand in a header: give another with file_name");
  }
  if (base_name(file_name).size() != file_name.size()) {
    return refuse(fault, field, " has a directory", "leave out what is before the last / or \\");
  }
  if (file_name.empty() || file_name == "." || file_name == "..") {
    return refuse(fault, field, " is no name of a file", file_name);
  }
  return false;
}

bool refuses_media_type(std::string_view media_type, Error& fault) {
  constexpr std::string_view field = "media_type";
  if (base::has_character(media_type, is_no_header_text)) {
    return refuse(fault, field, " has a character that a header may not carry", "only visible ASCII is allowed");
  }
  const std::size_t slash = media_type.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == media_type.size()) {
    return refuse(fault, field, " is no media type", "such as image/png");
  }
  return false;
}

std::string file_name_for(std::string_view media_type) {
  constexpr std::string_view picture = "image/";
  std::string name = "file";
  if (media_type.starts_with(picture)) name.append(".").append(media_type.substr(picture.size()));
  return name;
}

FormFrame frame_file(std::string_view boundary, std::string_view file_name, std::string_view media_type) {
  FormFrame frame;
  frame.content_type.append("multipart/form-data; boundary=").append(boundary);
  frame.before.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"file\"; filename=\"");
  append_escaped(file_name, frame.before);
  frame.before.append("\"\r\nContent-Type: ").append(media_type).append("\r\n\r\n");
  frame.after.append("\r\n--").append(boundary).append("--\r\n");
  return frame;
}

std::string random_boundary() {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr int words = 4;
  std::random_device random;
  std::string boundary = "chatopen-";
  for (int i = 0; i < words; ++i) {
    std::uint32_t bits = random();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) boundary += digits[bits & 0xf];
  }
  return boundary;
}

}  // namespace chatopen::codec
