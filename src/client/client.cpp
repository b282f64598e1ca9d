#include <chatopen/client.hpp>

#include "client/blocking_chat.hpp"
#include "client/check.hpp"
#include "client/client_impl.hpp"
#include "client/prepared_call.hpp"
#include "client/timeouts.hpp"
#include "transport/default_transport.hpp"
#include "transport/url.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/transport.hpp>

#include <string>
#include <utility>

namespace chatopen {

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

  Error fault;
  if (client::refuses(options.credentials, fault) || client::refuses(options.timeouts, fault) ||
      client::refuses(options.retry, fault) || client::refuses(options.limits, fault) ||
      client::refuses(options.endpoints, fault)) {
    return fault;
  }
  options.timeouts = client::inherit(options.timeouts, client::default_timeouts());

  if (options.transport == nullptr) {
    Result<std::shared_ptr<Transport>> made = transport::make_default_transport();
    if (!made) return std::move(made).error();
    options.transport = *std::move(made);
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

Result<void> ChatClient::set_credentials(const Credentials& credentials) {
  Error fault;
  if (client::refuses(credentials, fault)) return fault;
  impl_->core->replace_credentials(credentials);
  return {};
}

}  // namespace chatopen
