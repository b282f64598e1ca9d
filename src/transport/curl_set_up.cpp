#include "transport/curl_set_up.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>

namespace chatopen::transport {
namespace {

using base::equal_ignoring_case;

// The first failure wins; what follows is then not attempted.
class Setter {
 public:
  explicit Setter(CURL* handle) noexcept : handle_(handle) {}
  template <typename Value>
  void operator()(CURLoption option, Value value) noexcept {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(handle_, option, value);
  }
  [[nodiscard]] CURLcode code() const noexcept { return code_; }

 private:
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

constexpr bool is_token_character(char c) noexcept {
  constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{}";
  return c > ' ' && c < 0x7f && separators.find(c) == std::string_view::npos;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool breaks_line(char c) noexcept {
  return base::is_control(c) && c != '\t';
}

bool is_named(const HttpRequest& request, std::string_view name) noexcept {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const HttpHeader& header) { return equal_ignoring_case(header.name, name); });
}

// libcurl's own timer makes it turn to the next address in time; CurlExchange tells the deadlines apart.
long connect_milliseconds(const Timeouts& timeouts) noexcept {
  using std::chrono::milliseconds;
  // libcurl takes 0 for 300 seconds.
  milliseconds shortest(std::numeric_limits<int>::max());
  for (const auto& limit : {timeouts.connect, timeouts.first_byte, timeouts.total}) {
    if (limit && limit->count() > 0) shortest = std::min(shortest, *limit);
  }
  return static_cast<long>(shortest.count());
}

void set_method_and_body(Setter& set, const HttpRequest& request) {
  const auto size = request.body.size();
  const bool has_body = size != std::uint64_t{0};
  if (has_body || request.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, size ? static_cast<curl_off_t>(*size) : curl_off_t{-1});
    if (request.method != "POST") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_tls(Setter& set, const CurlOptions& options) {
  set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty() || !options.ca_directory.empty()) {
    // Each replaces both of the system's.
    const char* const file = options.ca_file.empty() ? nullptr : options.ca_file.c_str();
    const char* const directory = options.ca_directory.empty() ? nullptr : options.ca_directory.c_str();
    set(CURLOPT_CAINFO, file);
    set(CURLOPT_CAPATH, directory);
    set(CURLOPT_PROXY_CAINFO, file);
    set(CURLOPT_PROXY_CAPATH, directory);
  }
  if (!options.client_certificate.empty()) set(CURLOPT_SSLCERT, options.client_certificate.c_str());
  if (!options.client_key.empty()) set(CURLOPT_SSLKEY, options.client_key.c_str());
  if (!options.client_key_passphrase.empty()) {
    set(CURLOPT_KEYPASSWD, std::string(options.client_key_passphrase.reveal()).c_str());
  }
}

void set_proxy(Setter& set, const CurlOptions& options) {
  if (!options.proxy.empty()) {
    set(CURLOPT_PROXY, options.proxy.c_str());
    // An explicit proxy is not the environment's to switch off.
    set(CURLOPT_NOPROXY, "");
  }
  set(CURLOPT_HTTPPROXYTUNNEL, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});
  set(CURLOPT_PROXY_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
}

}  // namespace

CurlHeaders::CurlHeaders(const HttpRequest& request) {
  constexpr std::string_view no_expect = "Expect:";
  constexpr std::string_view no_content_type = "Content-Type:";
  constexpr std::string_view chunked = "Transfer-Encoding: chunked";
  const auto size = request.body.size();

  std::size_t length = no_expect.size() + no_content_type.size() + chunked.size() + 3;
  for (const HttpHeader& header : request.headers) length += header.name.size() + header.value.size() + 3;
  text_.reserve(length);
  nodes_.reserve(request.headers.size() + 3);
  // The reserved buffer does not move, so nodes may point into it.
  const auto begin_line = [&] { nodes_.push_back({.data = text_.data() + text_.size(), .next = nullptr}); };
  const auto add = [&](std::string_view line) {
    begin_line();
    text_.append(line).append(1, '\0');
  };
  for (const HttpHeader& header : request.headers) {
    begin_line();
    text_.append(header.name);
    // libcurl sends a header without a value only when it ends in a semicolon.
    if (header.value.empty())
      text_.append(1, ';');
    else
      text_.append(": ").append(header.value);
    text_.append(1, '\0');
  }
  add(no_expect);
  // libcurl would call it a form.
  if (!is_named(request, "content-type")) add(no_content_type);
  if (!size) add(chunked);
  for (std::size_t i = 1; i < nodes_.size(); ++i) nodes_[i - 1].next = &nodes_[i];
}

std::string_view find_fault(const HttpRequest& request) noexcept {
  if (!is_token(request.method)) return "the method is not a token";
  for (const HttpHeader& header : request.headers) {
    if (!is_token(header.name)) return "a header's name is not a token";
    if (std::any_of(header.value.begin(), header.value.end(), breaks_line)) {
      return "a header's value contains a control character";
    }
    if (equal_ignoring_case(header.name, "content-length") || equal_ignoring_case(header.name, "transfer-encoding")) {
      return "the transport frames the body: Content-Length and Transfer-Encoding cannot be given";
    }
  }
  return {};
}

CURLcode set_up(CURL* handle, const HttpRequest& request, const UrlTarget& target, const CurlOptions& options,
                CurlHeaders& headers, CurlExchange& exchange) {
  Setter set(handle);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, target.https ? "https" : "http");
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  // Without it, a resolver that does not answer holds up cancellation and deadlines.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds(request.timeouts));
  set(CURLOPT_MAXAGE_CONN, static_cast<long>(options.max_idle_age.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_HTTPHEADER, headers.list());
  set_method_and_body(set, request);
  if (target.https) set_tls(set, options);
  if (is_loopback(target.host)) {
    set(CURLOPT_PROXY, "");
  } else {
    set_proxy(set, options);
  }
  return set.code() != CURLE_OK ? set.code() : exchange.attach(handle);
}

}  // namespace chatopen::transport
