#include <chatopen/client.hpp>

#include "client/call.hpp"
#include "client/check.hpp"
#include "client/path.hpp"
#include "codec/encode.hpp"
#include "transport/url.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/transport.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

namespace chatopen {
namespace {

using std::chrono::milliseconds;

// Beyond this nobody waits, and nanoseconds do not overflow.
constexpr milliseconds longest_timeout = std::chrono::hours(24 * 365);

constexpr Timeouts default_timeouts() {
  using namespace std::chrono_literals;
  return {.connect = 10s, .first_byte = 10min, .idle = 2min, .total = 30min};
}

Timeouts inherit(const Timeouts& own, const Timeouts& inherited) {
  const auto choose = [](const std::optional<milliseconds>& mine, const std::optional<milliseconds>& theirs) {
    return std::min(mine ? *mine : *theirs, longest_timeout);
  };
  return {.connect = choose(own.connect, inherited.connect),
          .first_byte = choose(own.first_byte, inherited.first_byte),
          .idle = choose(own.idle, inherited.idle),
          .total = choose(own.total, inherited.total)};
}

}  // namespace

struct ChatClient::Impl {
  explicit Impl(ClientOptions checked)
      : options(std::move(checked)), credentials(std::make_shared<const Credentials>(std::move(options.credentials))) {}

  [[nodiscard]] std::shared_ptr<const Credentials> current_credentials() {
    const std::lock_guard lock(mutex);
    return credentials;
  }

  // Never changed after `create`, so that calls read it without a lock; its credentials moved to the member below.
  ClientOptions options;
  transport::RetryBudget budget;
  std::mutex mutex;
  std::shared_ptr<const Credentials> credentials;
};

ChatClient::ChatClient(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
ChatClient::ChatClient(const ChatClient&) noexcept = default;
ChatClient::ChatClient(ChatClient&&) noexcept = default;
ChatClient& ChatClient::operator=(const ChatClient&) noexcept = default;
ChatClient& ChatClient::operator=(ChatClient&&) noexcept = default;
ChatClient::~ChatClient() = default;

Result<ChatClient> ChatClient::create(ClientOptions options) {
  Result<std::string> base_url = transport::parse_base_url(options.base_url, options.allow_http);
  if (!base_url) return std::move(base_url).error();
  options.base_url = *std::move(base_url);

  if (auto fault = client::fault_in(options.credentials)) return *std::move(fault);
  if (auto fault = client::fault_in(options.timeouts)) return *std::move(fault);
  if (auto fault = client::fault_in(options.retry)) return *std::move(fault);
  if (auto fault = client::fault_in(options.limits)) return *std::move(fault);
  if (auto fault = client::fault_in(options.endpoints)) return *std::move(fault);
  options.timeouts = inherit(options.timeouts, default_timeouts());

  if (options.transport == nullptr) {
    Result<std::shared_ptr<CurlTransport>> curl = CurlTransport::create();
    if (!curl) return std::move(curl).error();
    options.transport = *std::move(curl);
  }
  if (options.clock == nullptr) options.clock = Clock::system();
  return ChatClient(std::make_shared<Impl>(std::move(options)));
}

Result<ChatReply> ChatClient::chat(const ChatRequest& request, const CallOptions& call) const {
  const std::shared_ptr<Impl> impl = impl_;
  const ClientOptions& options = impl->options;
  const Clock::TimePoint started = options.clock->now();

  if (auto fault = client::fault_in(call.timeouts)) return *std::move(fault);
  if (call.retry) {
    if (auto fault = client::fault_in(*call.retry)) return *std::move(fault);
  }
  if (auto fault = client::fault_in(call.headers)) return *std::move(fault);

  const Result<client::Route> route = client::route_of(request.endpoint, options.endpoints);
  if (!route) return route.error();
  Result<std::string> body = codec::encode_chat(request, route->wire_form);
  if (!body) return std::move(body).error();

  const std::shared_ptr<const Credentials> credentials = impl->current_credentials();
  HttpRequest http{
      .url = options.base_url + route->path,
      .headers = {},
      .body = Body(*std::move(body)),
      .timeouts = inherit(call.timeouts, options.timeouts),
      .limits = options.limits,
  };
  http.headers.reserve(4 + call.headers.size());
  http.headers.push_back({"X-Request-Req-Accesskeyid", std::string(credentials->access_key_id.reveal())});
  http.headers.push_back({"X-Request-Req-Accesskeysecret", std::string(credentials->access_key_secret.reveal())});
  http.headers.push_back({"Content-Type", "application/json"});
  http.headers.push_back({"Accept", "application/json"});
  http.headers.insert(http.headers.end(), call.headers.begin(), call.headers.end());

  const RetryPolicy& retry = call.retry ? *call.retry : options.retry;
  return client::perform_call({.transport = *options.transport,
                               .clock = *options.clock,
                               .budget = impl->budget,
                               .jitter = options.jitter,
                               .credentials = *credentials,
                               .retry = retry,
                               .cancel = call.cancel,
                               .started = started},
                              http);
}

Result<void> ChatClient::set_credentials(const Credentials& credentials) {
  if (auto fault = client::fault_in(credentials)) return *std::move(fault);
  auto replacement = std::make_shared<const Credentials>(credentials);
  const std::lock_guard lock(impl_->mutex);
  impl_->credentials.swap(replacement);
  return {};
}

}  // namespace chatopen
