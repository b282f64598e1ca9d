#pragma once

#include <chatopen/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace chatopen::transport {

/// The base URL, checked and normalised without a trailing slash (`https://host:8443/prefix`).
/// Errors: `configuration`, saying what is wrong with it; user info is never repeated in the message.
[[nodiscard]] Result<std::string> parse_base_url(const std::string& base_url, bool allow_http);

/// Whether a host, as it stands in a URL, is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

/// What a transport must know of a request's URL before libcurl sees it. The host is a view into the URL.
struct UrlTarget {
  bool https = false;
  std::string_view host = {};
};

/// Empty for what is never sent: another scheme, user info, no host, and characters that parsers disagree about.
[[nodiscard]] std::optional<UrlTarget> split_url(std::string_view url) noexcept;

}  // namespace chatopen::transport
