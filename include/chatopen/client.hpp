#pragma once

/// @file
/// `ChatClient`: the typed client of the service.

#include <chatopen/export.hpp>
#include <chatopen/options.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <memory>

namespace chatopen {

/// A handle on shared state: cheap to copy, and every member may be called from many threads at once. Connections are
/// kept and reused; they close with the last copy. A moved-from client may only be assigned to or destroyed.
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

  /// Replaces the credentials for calls that start from now on, on every copy of this client.
  /// Errors: `configuration` when one is empty or has characters that a header may not carry.
  [[nodiscard]] Result<void> set_credentials(const Credentials& credentials);

 private:
  struct Impl;
  explicit ChatClient(std::shared_ptr<Impl> impl) noexcept;
  std::shared_ptr<Impl> impl_;
};

}  // namespace chatopen
