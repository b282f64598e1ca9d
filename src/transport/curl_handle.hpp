#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace chatopen::transport {

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept {
    // Also without an exchange libcurl would change the program's SIGPIPE, for a moment or, with other threads at it,
    // for good.
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_cleanup(handle);
  }
};

struct MultiCleanup {
  void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

/// An easy handle, without options of an exchange while it is idle.
struct CurlHandle {
  std::unique_ptr<CURL, EasyCleanup> easy;
  /// The last URL, parsed: calls of a client repeat a few URLs, and parsing one is a tenth of a call.
  std::unique_ptr<CURLU, UrlCleanup> parsed_url;
  std::string url;

  /// Makes `parsed_url` that of this URL. False when libcurl cannot parse it.
  [[nodiscard]] bool parse(const std::string& wanted);
};

}  // namespace chatopen::transport
