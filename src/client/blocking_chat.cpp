#include "client/blocking_chat.hpp"

#include "client/blocking_call.hpp"
#include "client/chat_receiver.hpp"

#include <utility>

namespace chatopen::client {

Result<ChatReply> chat_blocking(Core& core, PreparedCall& prepared, const detail::DeltaCallback* on_delta) {
  ChatReceiver receiver(prepared, on_delta, nullptr);
  Result<int> attempts = call_blocking(core, prepared, receiver);
  if (!attempts) return std::move(attempts).error();
  return receiver.take(*attempts);
}

}  // namespace chatopen::client
