#include "client/blocking_call.hpp"

#include "client/call.hpp"
#include "client/core.hpp"

#include <chatopen/clock.hpp>

#include <utility>

namespace chatopen::client {

Result<int> call_blocking(Core& core, PreparedCall& prepared, Receiver& receiver) {
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
  return call.attempts();
}

}  // namespace chatopen::client
