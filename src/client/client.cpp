#include <chatopen/client.hpp>

#include "base/process.hpp"
#include "client/chat_call.hpp"
#include "client/chat_stream_state.hpp"
#include "client/check.hpp"
#include "client/core.hpp"
#include "client/prepared_call.hpp"
#include "client/timeouts.hpp"
#include "transport/url.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/transport.hpp>

#include <string>
#include <utility>

namespace chatopen {

// All copies of a client share one, so that the end of the last one ends the calls in flight, which share only the
// core.
struct ChatClient::Impl {
  explicit Impl(ClientOptions options)
      : core(std::make_shared<client::Core>(std::move(options))), generation(base::process_generation()) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    // A child process has none of its parent's calls, whose locks may be held for ever.
    if (generation == base::process_generation()) core->shutdown(std::chrono::milliseconds(0));
  }

  std::shared_ptr<client::Core> core;
  unsigned generation;
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
  options.timeouts = client::inherit(options.timeouts, client::default_timeouts());

  if (options.transport == nullptr) {
    Result<std::shared_ptr<CurlTransport>> curl = CurlTransport::create();
    if (!curl) return std::move(curl).error();
    options.transport = *std::move(curl);
  }
  if (options.clock == nullptr) options.clock = Clock::system();
  return ChatClient(std::make_shared<Impl>(std::move(options)));
}

Result<ChatReply> ChatClient::chat(const ChatRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  const auto prepared = client::prepare_chat(*core, request, options, false);
  if (!prepared) return prepared.error();
  return client::chat_blocking(*core, **prepared, nullptr);
}

Result<ChatReply> ChatClient::chat_with(const ChatRequest& request, const detail::DeltaCallback& on_delta,
                                        const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  const auto prepared = client::prepare_chat(*core, request, options, true);
  if (!prepared) return prepared.error();
  return client::chat_blocking(*core, **prepared, &on_delta);
}

ChatStream ChatClient::stream(const ChatRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core>& core = impl_->core;
  auto prepared = client::prepare_chat(*core, request, options, true);
  if (!prepared) return ChatStream(std::make_shared<client::FailedChatStream>(core, prepared.error()));
  const auto call = std::make_shared<client::StreamedChatCall>(core, *std::move(prepared));
  call->start();
  return ChatStream(call);
}

Pending<ChatReply> ChatClient::chat_async(const ChatRequest& request, const CallOptions& options) const {
  return start_chat(request, options, nullptr);
}

Pending<ChatReply> ChatClient::start_chat(const ChatRequest& request, const CallOptions& options,
                                          std::unique_ptr<detail::OwnedDeltaCallback> on_delta) const {
  const std::shared_ptr<client::Core>& core = impl_->core;
  auto prepared = client::prepare_chat(*core, request, options, on_delta != nullptr);
  if (!prepared) return Pending<ChatReply>(std::make_shared<client::FailedChatCall>(core, prepared.error()));
  const auto call = std::make_shared<client::PendingChatCall>(core, *std::move(prepared), std::move(on_delta));
  call->start();
  return Pending<ChatReply>(call);
}

bool ChatClient::poll(std::chrono::milliseconds budget) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  core->poll(budget);
  return core->has_calls();
}

bool ChatClient::shutdown(std::chrono::milliseconds grace) {
  const std::shared_ptr<client::Core> core = impl_->core;
  return core->shutdown(grace);
}

Result<void> ChatClient::set_credentials(const Credentials& credentials) {
  if (auto fault = client::fault_in(credentials)) return *std::move(fault);
  impl_->core->replace_credentials(credentials);
  return {};
}

}  // namespace chatopen
