#include "client/chat_stream_state.hpp"

#include "client/core.hpp"

#include <utility>

namespace chatopen {
namespace detail {

void ChatStreamState::push(const ChatDelta& delta) {
  const std::lock_guard lock(mutex());
  if (waiting_count_ == waiting_.size()) waiting_.emplace_back();
  waiting_[waiting_count_++] = delta;
  waiting_bytes_ += delta.text.size() + delta.reasoning.size();
  if (delta.tool_call) waiting_bytes_ += delta.tool_call->arguments.size();
  if (waiting_count_ == 1) notify();
}

bool ChatStreamState::is_full() {
  const std::lock_guard lock(mutex());
  paused_ = waiting_count_ >= max_waiting || waiting_bytes_ >= max_waiting_bytes;
  return paused_;
}

void ChatStreamState::set_end(Result<ChatReply> result) {
  const std::lock_guard lock(mutex());
  result_.emplace(std::move(result));
  notify();
}

const ChatDelta* ChatStreamState::next(bool wait) {
  if (read_ < taken_count_) return &taken_[read_++];
  if (wait ? !wait_until() : !ready()) return nullptr;
  bool paused = false;
  {
    const std::lock_guard lock(mutex());
    taken_.swap(waiting_);
    taken_count_ = std::exchange(waiting_count_, 0);
    waiting_bytes_ = 0;
    read_ = 0;
    paused = std::exchange(paused_, false);
  }
  if (paused) resume_call();
  return read_ < taken_count_ ? &taken_[read_++] : nullptr;
}

bool ChatStreamState::done() const {
  if (read_ < taken_count_) return false;
  if (belongs_to_parent_process()) return true;
  const std::lock_guard lock(mutex());
  return waiting_count_ == 0 && result_.has_value();
}

Result<ChatReply> ChatStreamState::result() const {
  const bool is_here = ready();
  if (!is_here) return refused_wait();
  const std::lock_guard lock(mutex());
  return *result_;
}

}  // namespace detail

namespace client {

StreamedChatCall::StreamedChatCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call)
    : AsyncCall(core, std::move(prepared_call)),
      ChatStreamState(core),
      callback_(*this),
      receiver_(prepared(), &callback_, this) {}

StreamedChatCall::~StreamedChatCall() = default;

void StreamedChatCall::on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) {
  if (exception != nullptr) {
    // No callback of the caller's runs here, so that only the system can have refused something.
    set_end(Error{
        .kind = ErrorKind::io, .message = "the system refused memory", .attempts = attempts, .maybe_processed = true});
  } else if (error) {
    set_end(*std::move(error));
  } else {
    set_end(receiver_.take(attempts));
  }
}

SinkAction StreamedChatCall::after_chunk() {
  return is_full() ? SinkAction::pause : SinkAction::proceed;
}

FailedChatStream::FailedChatStream(const std::shared_ptr<Core>& core, Error error) : ChatStreamState(core) {
  set_end(std::move(error));
}

}  // namespace client
}  // namespace chatopen
