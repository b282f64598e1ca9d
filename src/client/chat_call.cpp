#include "client/chat_call.hpp"

#include "client/core.hpp"

#include <utility>

namespace chatopen::client {

// A callback while it runs. It may end its own call, which must not destroy it meanwhile.
class PendingChatCall::Running {
 public:
  explicit Running(PendingChatCall& call) noexcept : call_(call), on_delta_(std::move(call.on_delta_)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (!call_.has_result_) call_.on_delta_ = std::move(on_delta_);
  }
  [[nodiscard]] detail::OwnedDeltaCallback* get() const noexcept { return on_delta_.get(); }

 private:
  PendingChatCall& call_;
  std::unique_ptr<detail::OwnedDeltaCallback> on_delta_;
};

PendingChatCall::PendingChatCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call,
                                 std::unique_ptr<detail::OwnedDeltaCallback> on_delta)
    : PendingState(core),
      AsyncCall(core, std::move(prepared_call)),
      on_delta_(std::move(on_delta)),
      callback_(*this),
      receiver_(prepared(), on_delta_ == nullptr ? nullptr : &callback_, nullptr) {}

PendingChatCall::~PendingChatCall() = default;

bool PendingChatCall::operator()(const ChatDelta& delta) {
  const Running running(*this);
  // What else the chunk holds is not for one that has ended its call.
  return running.get() != nullptr && (*running.get())(delta) && !has_result_ && !is_abandoned();
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
  has_result_ = true;
  on_delta_.reset();
  set(std::move(result), std::move(exception));
}

FailedChatCall::FailedChatCall(const std::shared_ptr<Core>& core, Error error) : PendingState(core) {
  set(Result<ChatReply>(std::move(error)), nullptr);
}

}  // namespace chatopen::client
