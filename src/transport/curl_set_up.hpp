#pragma once

#include "transport/curl_exchange.hpp"
#include "transport/url.hpp"

#include <chatopen/curl_transport.hpp>

#include <curl/curl.h>

#include <string>
#include <vector>

namespace chatopen::transport {

/// The header lines of a request as libcurl wants them: one buffer, one array of nodes.
class CurlHeaders {
 public:
  explicit CurlHeaders(const HttpRequest& request);
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
[[nodiscard]] CURLcode set_up(CURL* handle, const HttpRequest& request, const UrlTarget& target,
                              const CurlOptions& options, CurlHeaders& headers, CurlExchange& exchange);

}  // namespace chatopen::transport
