#pragma once

#include "client/async_call.hpp"
#include "client/chat_receiver.hpp"
#include "client/waitable.hpp"

#include <chatopen/chat_stream.hpp>
#include <chatopen/delta.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace chatopen::detail {

/// What a `ChatStream` shares with its call: pieces that nobody has read yet, and the end.
class ChatStreamState : public client::Waitable {
 public:
  explicit ChatStreamState(const std::shared_ptr<client::Core>& core) : Waitable(core) {}

  /// The next piece; null at the end, and when there is none and `wait` is false. One thread at a time.
  [[nodiscard]] const ChatDelta* next(bool wait);
  [[nodiscard]] bool done() const;
  /// Once `next(true)` has returned null.
  [[nodiscard]] Result<ChatReply> result() const;

 protected:
  /// More than this, and the sender is slowed.
  static constexpr std::size_t max_waiting = 64;
  static constexpr std::size_t max_waiting_bytes = std::size_t{64} * 1024;

  void push(const ChatDelta& delta);
  void set_end(Result<ChatReply> result);
  /// Whether so much waits that the sender should; then `resume_call` follows as soon as it is read.
  [[nodiscard]] bool is_full();
  virtual void resume_call() noexcept = 0;

 private:
  [[nodiscard]] bool is_there() const noexcept final { return waiting_count_ > 0 || result_; }

  // Strings keep their memory: the vectors only grow, and are swapped when the reader has read all of its own.
  std::vector<ChatDelta> waiting_;
  std::size_t waiting_count_ = 0;
  std::size_t waiting_bytes_ = 0;
  bool paused_ = false;
  std::optional<Result<ChatReply>> result_;

  // The reader's own.
  std::vector<ChatDelta> taken_;
  std::size_t taken_count_ = 0;
  std::size_t read_ = 0;
};

}  // namespace chatopen::detail

namespace chatopen::client {

/// A chat whose pieces are pulled.
class StreamedChatCall final : public AsyncCall, public detail::ChatStreamState, private Backpressure {
 public:
  StreamedChatCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call);
  ~StreamedChatCall() override;

  void cancel_call() noexcept override { cancel(); }
  bool operator()(const ChatDelta& delta) {
    push(delta);
    return true;
  }

 private:
  [[nodiscard]] Receiver& receiver() noexcept override { return receiver_; }
  void on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) override;
  void resume_call() noexcept override { resume(); }
  [[nodiscard]] SinkAction after_chunk() override;

  detail::DeltaCallback callback_;
  ChatReceiver receiver_;
};

/// A stream that failed before anything could be sent.
class FailedChatStream final : public detail::ChatStreamState {
 public:
  FailedChatStream(const std::shared_ptr<Core>& core, Error error);
  void cancel_call() noexcept override {}

 private:
  void resume_call() noexcept override {}
};

}  // namespace chatopen::client
