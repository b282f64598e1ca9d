#pragma once

/// @file
/// `ChatClient`: the typed client of the service.

#include <chatopen/chat_stream.hpp>
#include <chatopen/delta.hpp>
#include <chatopen/export.hpp>
#include <chatopen/options.hpp>
#include <chatopen/pending.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace chatopen {

/// What may be given pieces of a streamed reply: a callable that takes `const ChatDelta&` and returns void, or bool,
/// where false stops the stream and closes its connection. A number does not compile; what else it returns is ignored.
template <typename Callable>
concept DeltaConsumer = std::is_invocable_r_v<void, Callable&, const ChatDelta&>;

/// A handle on shared state: cheap to copy, and every member may be called from many threads at once. Connections are
/// kept and reused; they close with the last copy. A moved-from client may only be assigned to or destroyed.
///
/// Blocking calls run, with their callbacks, on the caller's thread. All asynchronous calls and pulled streams share
/// the transport's thread, which also runs their callbacks, so these should be short; or, where the transport is
/// `poll_driven`, they run within `poll` and calls that wait. Callbacks of one call never overlap, but those of others
/// may run beside them: a call that waits for its next attempt goes on or ends on the clock's thread, one that the
/// client's end cancels ends on the thread of that, and a transport that has only `perform` is given several threads.
/// A callback may use the client, also destroy it, and may throw: the call that it belongs to then ends, and its caller
/// gets the exception.
///
/// When the last copy dies, asynchronous calls and pulled streams in flight complete as `ErrorKind::cancelled` before
/// the destructor returns, which waits only for callbacks that are running on other threads; none of their callbacks
/// runs afterwards. A destructor that runs in a callback waits for nothing: a call whose callback is running on another
/// thread just then completes after that. A blocking call goes on, also when its own callback has destroyed the client.
class CHATOPEN_EXPORT ChatClient {
 public:
  /// Checks everything that can be checked without the network, and connects nothing.
  /// Errors: `configuration`, naming the option and how to mend it; `invalid_argument` for a negative duration or
  /// count.
  [[nodiscard]] static Result<ChatClient> create(ClientOptions options);

  ChatClient(const ChatClient&) noexcept;
  ChatClient(ChatClient&&) noexcept;
  ChatClient& operator=(const ChatClient&) noexcept;
  ChatClient& operator=(ChatClient&&) noexcept;
  ~ChatClient();

  /// Asks and waits for the whole reply. The request must not change during the call.
  /// Errors: every `ErrorKind`; `Error::maybe_processed` says whether the request may have been processed.
  [[nodiscard]] Result<ChatReply> chat(const ChatRequest& request, const CallOptions& options = {}) const;

  /// The same, with the reply's pieces as they come. At an endpoint of the messages form the body gets `"stream":true`
  /// (inferred) unless `ChatRequest::extra` says otherwise; a server that answers as a whole gives its reply as one
  /// piece. Returns the assembled reply; where the callback stopped it, what had come until then, without an error.
  template <DeltaConsumer OnDelta>
  [[nodiscard]] Result<ChatReply> chat(const ChatRequest& request, OnDelta&& on_delta,
                                       const CallOptions& options = {}) const {
    return chat_with(request, detail::DeltaCallback(on_delta), options);
  }

  /// Asks for a stream, and lets the caller pull its pieces. Every error, also one that was found before anything was
  /// sent, shows in `ChatStream::finish`.
  [[nodiscard]] ChatStream stream(const ChatRequest& request, const CallOptions& options = {}) const;

  /// Asks without waiting. The request is encoded before this returns.
  [[nodiscard]] Pending<ChatReply> chat_async(const ChatRequest& request, const CallOptions& options = {}) const;

  /// The same with the reply's pieces as they come, on the transport's thread. The callable is destroyed when the call
  /// has ended. What it returns may be dropped, but the client must live on: `shutdown` waits.
  template <DeltaConsumer OnDelta>
  Pending<ChatReply> stream_async(const ChatRequest& request, OnDelta on_delta, const CallOptions& options = {}) const {
    return start_chat(request, options, std::make_unique<detail::DeltaFunction<OnDelta>>(std::move(on_delta)));
  }

  /// Where the transport is `poll_driven`: runs what is ready, after waiting for that at most `budget`. Whether
  /// asynchronous calls of this client are in flight; pieces of their streams may be left to read after that. Elsewhere
  /// it only tells that, at once, whatever the budget.
  bool poll(std::chrono::milliseconds budget = std::chrono::milliseconds(0)) const;

  /// Takes no more asynchronous calls and pulled streams on any copy of this client (they end as `cancelled`), waits at
  /// most `grace` for those in flight, and cancels the rest: none of their callbacks runs after it returns. Whether
  /// none had to be cancelled. Within a callback it waits for nothing, as the destructor. Blocking calls are left
  /// alone.
  bool shutdown(std::chrono::milliseconds grace = std::chrono::milliseconds(0));

  /// Replaces the credentials for calls that start from now on, on every copy of this client.
  /// Errors: `configuration` when one is empty or has characters that a header may not carry.
  [[nodiscard]] Result<void> set_credentials(const Credentials& credentials);

 private:
  struct Impl;
  explicit ChatClient(std::shared_ptr<Impl> impl) noexcept;
  [[nodiscard]] Result<ChatReply> chat_with(const ChatRequest& request, const detail::DeltaCallback& on_delta,
                                            const CallOptions& options) const;
  [[nodiscard]] Pending<ChatReply> start_chat(const ChatRequest& request, const CallOptions& options,
                                              std::unique_ptr<detail::OwnedDeltaCallback> on_delta) const;

  std::shared_ptr<Impl> impl_;
};

}  // namespace chatopen
