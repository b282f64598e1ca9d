#include "transport/curl_set_up.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
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

// Every header of every call is checked, so a table: a bit for what a name may have, another for a value.
constexpr unsigned char in_name = 1;
constexpr unsigned char in_value = 2;
constexpr std::array<unsigned char, 256> character_classes = [] {
  constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{}";
  std::array<unsigned char, 256> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const char c = static_cast<char>(i);
    const bool name = i > ' ' && i < 0x7f && separators.find(c) == std::string_view::npos;
    const bool value = !base::is_control(c) || c == '\t';
    classes[i] = static_cast<unsigned char>((name ? in_name : 0) | (value ? in_value : 0));
  }
  return classes;
}();

bool consists_of(unsigned char wanted, std::string_view text) noexcept {
  unsigned char common = wanted;
  for (const char c : text) common &= character_classes[static_cast<unsigned char>(c)];
  return common != 0;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && consists_of(in_name, text);
}

// What libcurl takes 0 for.
constexpr long default_connect_milliseconds = 300'000;

// libcurl's own timer makes it turn to the next address in time. It ends a little later than the deadlines, which
// CurlExchange tells apart, and which must not end early by a rounded millisecond.
long connect_milliseconds(const Timeouts& timeouts) noexcept {
  using std::chrono::milliseconds;
  constexpr milliseconds margin(20);
  milliseconds shortest = milliseconds(std::numeric_limits<int>::max()) - margin;
  for (const auto& limit : {timeouts.connect, timeouts.first_byte, timeouts.total}) {
    if (limit && limit->count() > 0) shortest = std::min(shortest, *limit);
  }
  return static_cast<long>((shortest + margin).count());
}

void set_method_and_body(Setter& set, const HttpRequest& request) {
  const auto size = request.body.size();
  const bool has_body = size != std::uint64_t{0};
  if (has_body || request.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, size ? static_cast<curl_off_t>(*size) : curl_off_t{-1});
    if (is_sent_with_head(request.body)) set(CURLOPT_POSTFIELDS, request.body.text().data());
    if (request.method != "POST") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

bool system_has_ca_file() {
  static const bool has_it = [] {
    const char* const name = curl_version_info(CURLVERSION_NOW)->cainfo;
    std::FILE* const file = name == nullptr ? nullptr : std::fopen(name, "r");
    return file != nullptr && std::fclose(file) == 0;
  }();
  return has_it;
}

// Either replaces both of the system's. Where the system has both (Debian), they hold the same authorities, and the
// file alone is taken: a multi then keeps what it has read of it, which else (libcurl 7.88) takes some 20 ms for every
// connection.
void set_authorities(Setter& set, const CurlOptions& options, CURLoption file, CURLoption directory) {
  if (options.ca_file.empty() && options.ca_directory.empty()) {
    if (system_has_ca_file()) set(directory, nullptr);
    return;
  }
  set(file, options.ca_file.empty() ? nullptr : options.ca_file.c_str());
  set(directory, options.ca_directory.empty() ? nullptr : options.ca_directory.c_str());
}

void set_tls(Setter& set, const CurlOptions& options, bool anonymous) {
  set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set_authorities(set, options, CURLOPT_CAINFO, CURLOPT_CAPATH);
  if (anonymous || options.client_certificate.empty()) return;
  set(CURLOPT_SSLCERT, options.client_certificate.c_str());
  if (!options.client_key.empty()) set(CURLOPT_SSLKEY, options.client_key.c_str());
  // Also an empty one, without which OpenSSL asks for it on the terminal, and waits.
  set(CURLOPT_KEYPASSWD, std::string(options.client_key_passphrase.reveal()).c_str());
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
  set_authorities(set, options, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH);
}

}  // namespace

CurlHeaders::CurlHeaders(const HttpRequest& request, const CurlSettings& settings) {
  constexpr std::size_t own_lines = 5;
  std::size_t length = 0;
  for (const HttpHeader& header : request.headers) length += header.name.size() + header.value.size() + 3;
  text_.reserve(length);
  nodes_.reserve(request.headers.size() + own_lines);
  // libcurl only reads the lines.
  const auto add = [&](const char* line) { nodes_.push_back({.data = const_cast<char*>(line), .next = nullptr}); };

  bool has_content_type = false;
  bool has_user_agent = false;
  bool has_accept_encoding = false;
  for (const HttpHeader& header : request.headers) {
    // The reserved buffer does not move, so nodes may point into it.
    add(text_.data() + text_.size());
    text_.append(header.name);
    // libcurl sends a header without a value only when it ends in a semicolon.
    text_.append(header.value.empty() ? ";" : ": ").append(header.value).append(1, '\0');
    has_content_type = has_content_type || equal_ignoring_case(header.name, "content-type");
    has_user_agent = has_user_agent || equal_ignoring_case(header.name, "user-agent");
    has_accept_encoding = has_accept_encoding || equal_ignoring_case(header.name, "accept-encoding");
  }
  if (!has_user_agent) add(settings.user_agent_line.c_str());
  if (!has_accept_encoding) add(settings.accept_encoding_line.c_str());
  // libcurl would call the body a form.
  if (!has_content_type) add("Content-Type:");
  const auto size = request.body.size();
  if (!size) add("Transfer-Encoding: chunked");
  // No version of libcurl expects a `100 Continue` for less, and every line costs.
  constexpr std::uint64_t never_expects = 1024;
  if (!size || *size >= never_expects) add("Expect:");
  for (std::size_t i = 1; i < nodes_.size(); ++i) nodes_[i - 1].next = &nodes_[i];
}

std::string_view find_fault(const HttpRequest& request) noexcept {
  if (!is_token(request.method)) return "the method is not a token";
  for (const HttpHeader& header : request.headers) {
    if (!is_token(header.name)) return "a header's name is not a token";
    if (!consists_of(in_value, header.value)) return "a header's value contains a control character";
    if (base::trim(header.value).size() != header.value.size()) return "a header's value has white space around it";
    if (equal_ignoring_case(header.name, "content-length") || equal_ignoring_case(header.name, "transfer-encoding")) {
      return "the transport frames the body: Content-Length and Transfer-Encoding cannot be given";
    }
  }
  return {};
}

CURLcode set_up(CurlHandle& handle, const HttpRequest& request, const UrlTarget& target, const CurlSettings& settings,
                CurlHeaders& headers, CurlExchange& exchange) {
  const CurlOptions& options = settings.options;
  Setter set(handle.easy.get());
  set(CURLOPT_URL, request.url.c_str());
  if (exchange.shares_multi()) {
    // Of which a parsed form may follow, that several handles share.
    set(CURLOPT_PATH_AS_IS, 1L);
  } else {
    if (!handle.parse(request.url)) return CURLE_URL_MALFORMAT;
    // The parsed form is what libcurl uses; with the text at hand it does not print the parsed form back into text.
    set(CURLOPT_CURLU, handle.parsed_url.get());
  }
  set(CURLOPT_PROTOCOLS_STR, target.https ? "https" : "http");
  set(CURLOPT_NOSIGNAL, 1L);
  // Without it, a resolver that does not answer holds up cancellation and deadlines.
  set(CURLOPT_QUICK_EXIT, 1L);
  // A loopback host answers or refuses at once, or the deadline ends the wait: no next address is worth turning to. The
  // timer outlasts the connecting, and while it runs libcurl looks for it among those of all transfers whenever
  // anything arrives.
  const bool loopback = is_loopback(target.host);
  const long connect_limit = connect_milliseconds(request.timeouts);
  if (!loopback || connect_limit >= default_connect_milliseconds) set(CURLOPT_CONNECTTIMEOUT_MS, connect_limit);
  set(CURLOPT_MAXAGE_CONN, static_cast<long>(options.max_idle_age.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_HTTPHEADER, headers.list());
  // Only turns decoding on: the header line is ours, since libcurl formats its own at twice the cost.
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set_method_and_body(set, request);
  if (target.https) set_tls(set, options, request.anonymous);
  if (loopback) {
    set(CURLOPT_PROXY, "");
  } else {
    set_proxy(set, options);
  }
  return set.code() != CURLE_OK ? set.code() : exchange.attach(handle.easy.get());
}

}  // namespace chatopen::transport
