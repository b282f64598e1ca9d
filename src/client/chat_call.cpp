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

Result<ChatReply> chat_blocking(Core& core, PreparedCall& prepared, const detail::DeltaCallback* on_delta) {
  ChatReceiver receiver(prepared, on_delta, nullptr);
  Call call(core.options(), core.budget(), prepared, receiver);
  const auto failed = [&call](Error error) {
    call.complete(&error);
    return error;
  };
  while (true) {
    if (auto error = call.begin_attempt(prepared.cancel.cancelled())) return failed(*std::move(error));
    const TransportOutcome outcome = core.transport().perform(*prepared.request, receiver, prepared.cancel);
    Call::Next next = call.end_attempt(outcome);
    if (receiver.exception() != nullptr) {
      call.complete(&*next.error);
      std::rethrow_exception(receiver.exception());
    }
    if (next.error) return failed(*std::move(next.error));
    if (!next.wait) break;
    if (!core.options().clock->sleep_for(*next.wait, prepared.cancel)) {
      return failed(call.cancelled_between_attempts());
    }
  }
  call.complete(nullptr);
  return receiver.take(call.attempts());
}

}  // namespace chatopen::client
