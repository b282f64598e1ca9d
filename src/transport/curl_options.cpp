#include "transport/curl_options.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/refusal.hpp"

#include <chatopen/version.hpp>

#include <curl/curl.h>

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

bool refuse(Error& fault, std::initializer_list<std::string_view> message, std::string_view detail = {}) {
  return base::refuse(fault, ErrorKind::configuration, message, {detail});
}

bool refuses_file(std::string_view option, const std::string& path, Error& fault) {
  if (path.empty()) return false;
  const auto file = base::RegularFile::open(path);
  return !file && refuse(fault, {"CurlOptions::", option, " cannot be read"}, file.error().message);
}

bool refuses_ca_directory(const std::string& path, Error& fault) {
  std::error_code unreadable;
  if (path.empty() || std::filesystem::is_directory(path, unreadable)) return false;
  return refuse(fault, {"CurlOptions::ca_directory is not a directory"}, path);
}

std::string member_of_url(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

bool is_proxy_url(const std::string& proxy) {
  if (proxy.find("://") == std::string::npos || proxy.find_first_of("?#") != std::string::npos) return false;
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, proxy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return false;
  if (!base::is_one_of(member_of_url(url.get(), CURLUPART_SCHEME), "http https socks5 socks5h")) return false;
  const std::string path = member_of_url(url.get(), CURLUPART_PATH);
  return !member_of_url(url.get(), CURLUPART_HOST).empty() && (path.empty() || path == "/");
}

// The URL may hold credentials, so no message repeats any of it.
bool refuses_proxy(const std::string& proxy, Error& fault) {
  if (proxy.empty() || is_proxy_url(proxy)) return false;
  return refuse(fault, {"CurlOptions::proxy is not a valid URL"},
                "it must be http://, https://, socks5:// or socks5h:// with a host, and no path");
}

bool is_unprintable(char c) noexcept {
  return c < ' ' || c >= 0x7f;
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

bool refuses(const CurlOptions& options, Error& fault) {
  if (refuses_file("ca_file", options.ca_file, fault) || refuses_ca_directory(options.ca_directory, fault) ||
      refuses_file("client_certificate", options.client_certificate, fault) ||
      refuses_file("client_key", options.client_key, fault) || refuses_proxy(options.proxy, fault)) {
    return true;
  }
  if (!options.client_key.empty() && options.client_certificate.empty()) {
    return refuse(fault, {"CurlOptions::client_key is set without client_certificate"});
  }
  if (options.max_idle_age < std::chrono::seconds(0) || options.max_idle_age > longest_idle_age) {
    return refuse(fault, {"CurlOptions::max_idle_age is not from 0 to 59 seconds"},
                  "servers and balancers close idle connections at 60 s");
  }
  return base::has_character(options.user_agent, is_unprintable) &&
         refuse(fault, {"CurlOptions::user_agent contains what is neither visible ASCII nor a space"});
}

}  // namespace

Result<CurlSettings> check_options(CurlOptions options) {
  Error fault;
  if (refuses(options, fault)) return fault;
  const std::string user_agent = options.user_agent.empty() ? "chatopen/" CHATOPEN_VERSION_STRING : options.user_agent;
  return CurlSettings{.options = std::move(options),
                      .user_agent_line = "User-Agent: " + user_agent,
                      .accept_encoding_line = "Accept-Encoding: " + built_in_encodings()};
}

}  // namespace chatopen::transport
