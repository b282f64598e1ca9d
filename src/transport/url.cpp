#include "transport/url.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace chatopen::transport {
namespace {

using base::equal_ignoring_case;

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

struct CurlFree {
  void operator()(char* text) const noexcept { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlFree> owned(text);
  return text;
}

bool refuse(Error& fault, std::string_view message, std::string_view detail = {}) {
  return base::refuse(fault, ErrorKind::configuration, {"base_url ", message}, {detail});
}

// What stands between `://` and the path; empty when there is none.
std::string_view authority_of(std::string_view url) noexcept {
  const std::size_t separator = url.find("://");
  if (separator == std::string_view::npos) return {};
  url.remove_prefix(separator + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

// No URL has these (RFC 3986). Some parsers take a backslash for a slash, so the host that is checked and the one that
// is called could differ.
// A table, since every call checks its URL.
constexpr std::array<bool, 256> unsafe_characters = [] {
  std::array<bool, 256> unsafe{};
  for (std::size_t i = 0; i < unsafe.size(); ++i) {
    const char c = static_cast<char>(i);
    unsafe[i] = base::is_control(c) || std::string_view(" \\\"<>^`{|}").find(c) != std::string_view::npos;
  }
  return unsafe;
}();

bool is_unsafe(char c) noexcept {
  return unsafe_characters[static_cast<unsigned char>(c)];
}

bool refuse(Error& fault, CURLUcode code) {
  switch (code) {
    case CURLUE_BAD_PORT_NUMBER: return refuse(fault, "has a port that is not a number from 1 to 65535");
    case CURLUE_NO_HOST: return refuse(fault, "has no host");
    case CURLUE_BAD_HOSTNAME:
    case CURLUE_BAD_IPV6: return refuse(fault, "has a host that is not a valid name or address");
    case CURLUE_OUT_OF_MEMORY: return refuse(fault, "could not be parsed: out of memory");
    default: return refuse(fault, "is not a valid URL");
  }
}

// What is refused before libcurl parses the URL, which would accept it or blame something else.
bool refuses_at_sight(std::string_view base_url, Error& fault) {
  if (base_url.empty()) {
    return refuse(fault, "is required",
                  "the service's reference names no host; ClientOptions::from_environment() reads CHATOPEN_BASE_URL");
  }
  if (base::has_character(base_url, is_unsafe)) {
    return refuse(
        fault, "contains a character that no URL has: a space, a backslash, a control character or one of \"<>^`{|}");
  }
  const std::size_t separator = base_url.find("://");
  const std::string_view scheme = base_url.substr(0, separator);
  if (separator == std::string_view::npos ||
      (!equal_ignoring_case(scheme, "https") && !equal_ignoring_case(scheme, "http"))) {
    return refuse(fault, "must begin with https://, or with http:// for this machine");
  }
  const std::string_view authority = authority_of(base_url);
  if (authority.empty()) return refuse(fault, "has no host");
  if (authority.find('@') != std::string_view::npos) {
    return refuse(fault, "contains user info", "credentials belong in ClientOptions::credentials");
  }
  // libcurl would take the zone off.
  if (authority.front() == '[' && authority.find('%') != std::string_view::npos) {
    return refuse(fault, "has an address with a zone, which is not supported");
  }
  if (base_url.find('?') != std::string_view::npos) return refuse(fault, "has a query, which is not allowed");
  return base_url.find('#') != std::string_view::npos && refuse(fault, "has a fragment, which is not allowed");
}

bool is_byte(std::string_view digits) noexcept {
  if (digits.empty() || digits.size() > 3) return false;
  int number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  return number <= 255;
}

}  // namespace

namespace {

bool refuses(const std::string& base_url, bool allow_http, std::string& text, Error& fault) {
  if (refuses_at_sight(base_url, fault)) return true;
  const std::unique_ptr<CURLU, UrlCleanup> url(curl_url());
  if (url == nullptr) return refuse(fault, CURLUE_OUT_OF_MEMORY);
  if (const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, base_url.c_str(), CURLU_URLENCODE);
      code != CURLUE_OK) {
    return refuse(fault, code);
  }
  std::string host = part_of(url.get(), CURLUPART_HOST);
  std::transform(host.begin(), host.end(), host.begin(), base::to_lower);
  if (const CURLUcode code = curl_url_set(url.get(), CURLUPART_HOST, host.c_str(), 0); code != CURLUE_OK) {
    return refuse(fault, code);
  }
  if (part_of(url.get(), CURLUPART_PORT) == "0") return refuse(fault, CURLUE_BAD_PORT_NUMBER);
  if (part_of(url.get(), CURLUPART_SCHEME) == "http" && !allow_http && !is_loopback(host)) {
    return refuse(fault, "uses http, which would send prompts and credentials readable",
                  "use https, or set ClientOptions::allow_http");
  }
  text = part_of(url.get(), CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
  if (text.empty()) return refuse(fault, CURLUE_OUT_OF_MEMORY);
  while (text.back() == '/') text.pop_back();
  return false;
}

}  // namespace

Result<std::string> parse_base_url(const std::string& base_url, bool allow_http) {
  std::string text;
  Error fault;
  if (refuses(base_url, allow_http, text, fault)) return fault;
  return text;
}

bool is_loopback(std::string_view host) noexcept {
  if (host == "[::1]" || equal_ignoring_case(host, "localhost")) return true;
  if (host.substr(0, 4) != "127.") return false;
  for (int dots = 0; dots < 3; ++dots) {
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos || !is_byte(host.substr(0, dot))) return false;
    host.remove_prefix(dot + 1);
  }
  return is_byte(host);
}

std::optional<UrlTarget> split_url(std::string_view url) noexcept {
  constexpr std::string_view http = "http://";
  constexpr std::string_view https = "https://";
  UrlTarget target;
  if (equal_ignoring_case(url.substr(0, https.size()), https)) {
    target.https = true;
  } else if (!equal_ignoring_case(url.substr(0, http.size()), http)) {
    return std::nullopt;
  }
  if (base::has_character(url, is_unsafe)) return std::nullopt;

  std::string_view host = url.substr(target.https ? https.size() : http.size());
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos) return std::nullopt;
  const std::size_t port = host.rfind(':');
  if (port != std::string_view::npos && host.find(']', port) == std::string_view::npos) host = host.substr(0, port);
  if (host.empty()) return std::nullopt;
  target.host = host;
  return target;
}

}  // namespace chatopen::transport
