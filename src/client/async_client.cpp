#include "client/async_core.hpp"
#include "client/chat_call.hpp"
#include "client/chat_stream_state.hpp"
#include "client/client_impl.hpp"
#include "client/ended_call.hpp"
#include "client/prepared_call.hpp"

#include <chatopen/client.hpp>

#include <utility>

namespace chatopen {

ChatStream ChatClient::stream(const ChatRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core>& core = impl_->core;
  client::AsyncCore::to_start(*core);
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
  client::AsyncCore::to_start(*core);
  auto prepared = client::prepare_chat(*core, request, options, on_delta != nullptr);
  if (!prepared) return client::ended<ChatReply>(core, prepared.error());
  const auto call = std::make_shared<client::PendingChatCall>(core, *std::move(prepared), std::move(on_delta));
  call->start();
  return Pending<ChatReply>(call);
}

bool ChatClient::poll(std::chrono::milliseconds budget) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  client::AsyncCore& async = client::AsyncCore::to_start(*core);
  async.poll(budget);
  return async.has_calls();
}

bool ChatClient::shutdown(std::chrono::milliseconds grace) {
  const std::shared_ptr<client::Core> core = impl_->core;
  return client::AsyncCore::to_start(*core).shutdown(grace);
}

}  // namespace chatopen
