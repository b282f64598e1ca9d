#pragma once

/// @file
/// `ChatStream`: a streamed reply that the caller pulls piece by piece.

#include <chatopen/delta.hpp>
#include <chatopen/export.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace chatopen {

namespace detail {
class ChatStreamState;
}

/// A reply on its way, as an input range of `ChatDelta`. It uses no thread of its own. What the caller does not read
/// is buffered, a little, and then slows the sender. Destroying it ends the call. One thread at a time, except
/// `cancel`. A moved-from stream may only be assigned to or destroyed.
///
/// It needs a name: one that is made in the head of a `for` is gone before `finish` can say whether it broke off. In a
/// callback of an asynchronous call over the same transport it waits for nothing: `next` is then null where it would
/// wait, and `finish` an `invalid_argument`.
///
/// @code
/// chatopen::ChatStream stream = client.stream(request);
/// for (const chatopen::ChatDelta& delta : stream) std::cout << delta.text;
/// chatopen::Result<chatopen::ChatReply> whole = stream.finish();
/// @endcode
class CHATOPEN_EXPORT ChatStream {
 public:
  ChatStream(ChatStream&& other) noexcept;
  ChatStream& operator=(ChatStream&& other) noexcept;
  ~ChatStream();

  /// The next piece, waiting for it; null at the end, also when the stream broke off: `finish` says which. Valid until
  /// the next call of a member.
  [[nodiscard]] const ChatDelta* next();
  /// The next piece if one is here; never blocks. Empty also at the end: see `done`. For frame loops.
  [[nodiscard]] std::optional<ChatDelta> try_next();
  /// Whether every piece was read and no more will come, so that `finish` does not block.
  [[nodiscard]] bool done() const;

  /// Reads what is left, and returns the assembled reply, or why the stream broke off. Its text is what all pieces add
  /// up to. The same result each time.
  [[nodiscard]] Result<ChatReply> finish();

  /// Ends the call as `ErrorKind::cancelled` unless it has ended. Pieces that are here stay readable. Any thread; does
  /// not wait.
  void cancel() noexcept;

  /// Marks the end of a range-based `for`.
  struct Sentinel {};

  /// An input iterator; all copies share the stream's position.
  class Iterator {
   public:
    /// What a dereferenced iterator is.
    using value_type = ChatDelta;
    /// Required of an iterator; differences do not exist.
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;
    /// The current piece.
    [[nodiscard]] const ChatDelta& operator*() const noexcept { return *current_; }
    /// A member of the current piece.
    [[nodiscard]] const ChatDelta* operator->() const noexcept { return current_; }
    /// Waits for the next piece.
    Iterator& operator++() {
      current_ = stream_->next();
      return *this;
    }
    /// The same.
    void operator++(int) { ++*this; }
    /// Whether the stream is at its end.
    [[nodiscard]] bool operator==(Sentinel) const noexcept { return current_ == nullptr; }

   private:
    friend class ChatStream;
    explicit Iterator(ChatStream& stream) : stream_(&stream), current_(stream.next()) {}
    ChatStream* stream_ = nullptr;
    const ChatDelta* current_ = nullptr;
  };

  /// Waits for the next piece that was not read.
  [[nodiscard]] Iterator begin() { return Iterator(*this); }
  /// The end.
  [[nodiscard]] Sentinel end() const noexcept { return {}; }

  /// For the SDK.
  explicit ChatStream(std::shared_ptr<detail::ChatStreamState> state) noexcept;

 private:
  std::shared_ptr<detail::ChatStreamState> state_;
};

}  // namespace chatopen
