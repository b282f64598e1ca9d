#include "transport/curl_options.hpp"

#include "base/file.hpp"

#include <chatopen/version.hpp>

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace chatopen::transport {
namespace {

constexpr std::chrono::seconds longest_idle_age(59);

Error refused(std::string message, std::string detail = {}) {
  return {.kind = ErrorKind::configuration, .message = std::move(message), .detail = std::move(detail)};
}

std::optional<Error> check_file(std::string_view option, const std::string& path) {
  if (path.empty()) return std::nullopt;
  const auto file = base::RegularFile::open(path);
  if (file) return std::nullopt;
  return refused("CurlOptions::" + std::string(option) + " cannot be read", file.error().message);
}

std::optional<Error> check_ca_directory(const std::string& path) {
  std::error_code fault;
  if (path.empty() || std::filesystem::is_directory(path, fault)) return std::nullopt;
  return refused("CurlOptions::ca_directory is not a directory", path);
}

// The URL may hold credentials, so no message repeats any of it.
std::optional<Error> check_proxy(const std::string& proxy) {
  constexpr std::array<std::string_view, 4> schemes = {"http", "https", "socks5", "socks5h"};
  if (proxy.empty()) return std::nullopt;
  const Error error = refused("CurlOptions::proxy is not a valid URL",
                              "it must be http://, https://, socks5:// or socks5h:// with a host, and no path");
  if (proxy.find("://") == std::string::npos) return error;
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (url == nullptr) return refused("CurlOptions::proxy could not be parsed: out of memory");
  if (curl_url_set(url.get(), CURLUPART_URL, proxy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return error;

  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return std::string();
    const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
    return std::string(text);
  };
  if (std::find(schemes.begin(), schemes.end(), part(CURLUPART_SCHEME)) == schemes.end()) return error;
  const std::string path = part(CURLUPART_PATH);
  const bool has_more = (!path.empty() && path != "/") || proxy.find_first_of("?#") != std::string::npos;
  if (part(CURLUPART_HOST).empty() || has_more) return error;
  return std::nullopt;
}

bool is_printable(char c) noexcept {
  return c >= ' ' && c < 0x7f;
}

// What libcurl can decode.
std::string built_in_encodings() {
  const curl_version_info_data* const info = curl_version_info(CURLVERSION_NOW);
  std::string list;
  const auto add = [&](int feature, std::string_view names) {
    if ((info->features & feature) != 0) list.append(list.empty() ? "" : ", ").append(names);
  };
  add(CURL_VERSION_LIBZ, "gzip, deflate");
  add(CURL_VERSION_BROTLI, "br");
  add(CURL_VERSION_ZSTD, "zstd");
  return list.empty() ? "identity" : list;
}

}  // namespace

Result<CurlSettings> check_options(CurlOptions options) {
  for (auto& error : {check_file("ca_file", options.ca_file), check_ca_directory(options.ca_directory),
                      check_file("client_certificate", options.client_certificate),
                      check_file("client_key", options.client_key), check_proxy(options.proxy)}) {
    if (error) return *error;
  }
  if (!options.client_key.empty() && options.client_certificate.empty()) {
    return refused("CurlOptions::client_key is set without client_certificate");
  }
  if (options.max_idle_age < std::chrono::seconds(0) || options.max_idle_age > longest_idle_age) {
    return refused("CurlOptions::max_idle_age is not from 0 to 59 seconds",
                   "servers and balancers close idle connections at 60 s");
  }
  if (!std::all_of(options.user_agent.begin(), options.user_agent.end(), is_printable)) {
    return refused("CurlOptions::user_agent contains what is neither visible ASCII nor a space");
  }
  const std::string user_agent = options.user_agent.empty() ? "chatopen/" CHATOPEN_VERSION_STRING : options.user_agent;
  return CurlSettings{.options = std::move(options),
                      .user_agent_line = "User-Agent: " + user_agent,
                      .accept_encoding_line = "Accept-Encoding: " + built_in_encodings()};
}

}  // namespace chatopen::transport
