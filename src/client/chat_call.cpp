#include "client/chat_call.hpp"

#include "client/core.hpp"

#include <utility>

namespace chatopen::client {

PendingChatCall::PendingChatCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call,
                                 std::unique_ptr<detail::OwnedDeltaCallback> on_delta)
    : AsyncCall(core, std::move(prepared_call)),
      PendingState(core),
      on_delta_(std::move(on_delta)),
      receiver_(prepared(), on_delta_ == nullptr ? nullptr : &callback_.emplace(*on_delta_), nullptr) {}

PendingChatCall::~PendingChatCall() = default;

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

FailedChatCall::FailedChatCall(const std::shared_ptr<Core>& core, Error error) : PendingState(core) {
  set(Result<ChatReply>(std::move(error)), nullptr);
}

}  // namespace chatopen::client
