#include <chatopen/chat_stream.hpp>

#include "client/chat_stream_state.hpp"

#include <utility>

namespace chatopen {

ChatStream::ChatStream(std::shared_ptr<detail::ChatStreamState> state) noexcept : state_(std::move(state)) {}
ChatStream::ChatStream(ChatStream&& other) noexcept = default;

ChatStream& ChatStream::operator=(ChatStream&& other) noexcept {
  if (this != &other) {
    if (state_ != nullptr) state_->cancel_call();
    state_ = std::move(other.state_);
  }
  return *this;
}

ChatStream::~ChatStream() {
  if (state_ != nullptr) state_->cancel_call();
}

const ChatDelta* ChatStream::next() {
  return state_->next(true);
}

std::optional<ChatDelta> ChatStream::try_next() {
  const ChatDelta* const delta = state_->next(false);
  return delta == nullptr ? std::nullopt : std::optional(*delta);
}

bool ChatStream::done() const {
  return state_->done();
}

Result<ChatReply> ChatStream::finish() {
  while (next() != nullptr) {
  }
  return state_->result();
}

void ChatStream::cancel() noexcept {
  state_->cancel_call();
}

}  // namespace chatopen
