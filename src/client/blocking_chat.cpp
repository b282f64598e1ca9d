#include "client/blocking_chat.hpp"

#include "client/blocking_call.hpp"
#include "client/chat_receiver.hpp"

#include <utility>

namespace chatopen::client {

Result<ChatReply> chat_blocking(Core& core, PreparedCall& prepared, const detail::DeltaCallback* on_delta) {
  ChatReceiver receiver(prepared, on_delta, nullptr);
  int attempts = 0;
  if (auto error = run_blocking(core, prepared, receiver, attempts)) return *std::move(error);
  return receiver.take(attempts);
}

}  // namespace chatopen::client
