#pragma once

#include "transport/curl_exchange.hpp"
#include "transport/curl_handle.hpp"
#include "transport/curl_options.hpp"
#include "transport/url.hpp"

#include <curl/curl.h>

#include <string>
#include <vector>

namespace chatopen::transport {

/// The header lines of a request as libcurl wants them: one buffer, one array of nodes. Request and settings must
/// outlive it.
class CurlHeaders {
 public:
  CurlHeaders(const HttpRequest& request, const CurlSettings& settings);
  CurlHeaders(const CurlHeaders&) = delete;
  CurlHeaders& operator=(const CurlHeaders&) = delete;

  [[nodiscard]] curl_slist* list() noexcept { return nodes_.data(); }

 private:
  std::string text_;
  std::vector<curl_slist> nodes_;
};

/// What the transport cannot send, for humans; empty when it can send it.
[[nodiscard]] std::string_view find_fault(const HttpRequest& request) noexcept;

/// Prepares a handle that has no options for one exchange. Everything passed must outlive the exchange.
[[nodiscard]] CURLcode set_up(CurlHandle& handle, const HttpRequest& request, const UrlTarget& target,
                              const CurlSettings& settings, CurlHeaders& headers, CurlExchange& exchange);

}  // namespace chatopen::transport
