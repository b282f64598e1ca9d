#include "client/chat_call.hpp"

#include "client/core.hpp"

#include <utility>

namespace chatopen::client {

PendingChatCall::PendingChatCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call,
                                 std::unique_ptr<detail::OwnedDeltaCallback> on_delta)
    : AsyncCall(core, std::move(prepared_call)),
      PendingState(core),
      on_delta_(std::move(on_delta)),
      callback_(*this),
      receiver_(prepared(), on_delta_ == nullptr ? nullptr : &callback_, nullptr) {}

PendingChatCall::~PendingChatCall() = default;

bool PendingChatCall::operator()(const ChatDelta& delta) {
  // It may end its own call, which must not destroy it while it runs; what else the chunk holds is then not for it.
  const std::shared_ptr<detail::OwnedDeltaCallback> running = on_delta_;
  return running != nullptr && (*running)(delta) && on_delta_ != nullptr && !is_abandoned();
}

void PendingChatCall::on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) {
  std::optional<Result<ChatReply>> result;
  if (exception == nullptr) {
    if (error) {
      result.emplace(*std::move(error));
    } else {
      result.emplace(receiver_.take(attempts));
    }
  }
  // It may hold what waits for the result, such as a client.
  on_delta_.reset();
  set(std::move(result), std::move(exception));
}

}  // namespace chatopen::client
