#pragma once

#include "client/async_call.hpp"
#include "client/chat_receiver.hpp"
#include "client/pending_state.hpp"

#include <chatopen/delta.hpp>
#include <chatopen/reply.hpp>

#include <memory>
#include <optional>

namespace chatopen::client {

/// A chat whose reply goes to a `Pending`.
class PendingChatCall final : public detail::PendingState<ChatReply>, public AsyncCall {
 public:
  /// `on_delta` is null for a call without pieces.
  PendingChatCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call,
                  std::unique_ptr<detail::OwnedDeltaCallback> on_delta);
  ~PendingChatCall() override;

  void cancel_call() noexcept override { cancel(); }
  /// For the receiver.
  bool operator()(const ChatDelta& delta);

 private:
  class Running;

  [[nodiscard]] Receiver& receiver() noexcept override { return receiver_; }
  void on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) override;

  // Null once the call has ended, and while it runs.
  std::unique_ptr<detail::OwnedDeltaCallback> on_delta_;
  bool has_result_ = false;
  detail::DeltaCallback callback_;
  ChatReceiver receiver_;
};

/// A chat that failed before it could be sent.
class FailedChatCall final : public detail::PendingState<ChatReply> {
 public:
  FailedChatCall(const std::shared_ptr<Core>& core, Error error);
  void cancel_call() noexcept override {}
};

}  // namespace chatopen::client
