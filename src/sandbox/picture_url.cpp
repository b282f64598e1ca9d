#include "sandbox/picture_url.hpp"

#include "base/ascii.hpp"
#include "sandbox/exchange.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace chatopen::sandbox {
namespace {

int sextet(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::string decode_base64(std::string_view text, const std::string& where) {
  if (text.size() % 4 != 0) throw Refusal(where + ": the base64 text is not a multiple of 4 characters long");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < text.size() - padding; ++i) {
    const int bits = sextet(text[i]);
    if (bits < 0) throw Refusal(where + ": not base64 at character " + std::to_string(i) + " after the comma");
    group = group << 6 | static_cast<std::uint32_t>(bits);
    if (i % 4 == 3) {
      for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>(group >> shift & 0xff);
      group = 0;
    }
  }
  const std::uint32_t unused = padding == 2 ? group & 0xf : padding == 1 ? group & 0x3 : 0;
  if (unused != 0) throw Refusal(where + ": the last base64 character has bits beyond the end");
  if (padding == 1) bytes += static_cast<char>(group >> 10 & 0xff);
  if (padding == 1) bytes += static_cast<char>(group >> 2 & 0xff);
  if (padding == 2) bytes += static_cast<char>(group >> 4 & 0xff);
  return bytes;
}

// Of its own, and not the SDK's, which it is there to check.
std::string_view media_type_of(std::string_view bytes) noexcept {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return "image/gif";
  if (bytes.starts_with("RIFF"sv) && bytes.substr(4).size() >= 8 && bytes.substr(8, 4) == "WEBP"sv) return "image/webp";
  if (bytes.starts_with("BM"sv)) return "image/bmp";
  return {};
}

// What media_type_of knows by its first bytes.
constexpr std::string_view known[] = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"};

std::string describe_data_url(std::string_view rest, const std::string& where) {
  const auto comma = rest.find(',');
  if (comma == std::string_view::npos) throw Refusal(where + ": a data: URL needs a comma before its data");
  const std::string_view head = rest.substr(0, comma);
  if (!head.ends_with(";base64")) throw Refusal(where + ": a data: URL must be base64 (data:image/…;base64,…)");
  std::string declared(head.substr(0, head.size() - std::string_view(";base64").size()));
  std::transform(declared.begin(), declared.end(), declared.begin(), base::to_lower);
  if (!declared.starts_with("image/")) {
    throw Refusal(where + ": the data: URL declares " + declared + ", which is no picture");
  }
  if (declared == "image/jpg") declared = "image/jpeg";
  const std::string bytes = decode_base64(rest.substr(comma + 1), where);
  const std::string_view found = media_type_of(bytes);
  const bool shows_itself = std::find(std::begin(known), std::end(known), declared) != std::end(known);
  if (found.empty() && shows_itself) {
    throw Refusal(where + ": the data: URL declares " + declared + ", but its data does not begin as that does");
  }
  if (!found.empty() && found != declared) {
    throw Refusal(where + ": the data: URL declares " + declared + ", but holds " + std::string(found));
  }
  return declared + ", " + std::to_string(bytes.size()) + " bytes";
}

bool starts_with_scheme(std::string_view url, std::string_view scheme) noexcept {
  return base::equal_ignoring_case(url.substr(0, scheme.size()), scheme);
}

}  // namespace

std::string describe_picture(std::string_view url, const std::string& where) {
  constexpr std::string_view data = "data:";
  if (starts_with_scheme(url, data)) return describe_data_url(url.substr(data.size()), where);
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (starts_with_scheme(url, scheme) && url.size() > scheme.size()) return std::string(url);
  }
  throw Refusal(where + " must be an http:, https: or data: URL");
}

}  // namespace chatopen::sandbox
