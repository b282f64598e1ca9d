#pragma once

/// @file
/// `Conversation`: a history that grows with each exchange. Opt-in: not part of the umbrella.

#include <chatopen/client.hpp>
#include <chatopen/export.hpp>
#include <chatopen/message.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen {

/// What is asked: a text, or a message with pictures, of the role `user` or `system` (a narrator's note).
class Question {
 public:
  /// A text of the role `user`.
  Question(const char* text) : message_(Message::user(std::string(text))) {}  // NOLINT(*-explicit-*)
  /// The same.
  Question(std::string_view text) : message_(Message::user(std::string(text))) {}  // NOLINT(*-explicit-*)
  /// The same.
  Question(std::string text) : message_(Message::user(std::move(text))) {}  // NOLINT(*-explicit-*)
  /// Any message, as it is.
  Question(Message message) : message_(std::move(message)) {}  // NOLINT(*-explicit-*)

  /// As it will be sent.
  [[nodiscard]] const Message& message() const& noexcept { return message_; }
  [[nodiscard]] Message message() && { return std::move(message_); }

 private:
  Message message_;
};

/// What a model said, as a message for the requests that follow: its text and its tool calls, without its reasoning.
[[nodiscard]] CHATOPEN_EXPORT Message as_message(const ChatReply& reply);

/// Tokens of a message, roughly: three bytes of text each, and 1000 for a picture. Tokenisers differ by model.
[[nodiscard]] CHATOPEN_EXPORT std::size_t rough_tokens(const Message& message);

/// How much a conversation remembers. The oldest exchanges are forgotten until every limit holds; never the persona,
/// and never a part of an exchange, which is a question with everything up to the next one: tool calls, their results,
/// and the answer. An exchange that does not fit by itself is not remembered.
struct HistoryLimits {
  /// Messages of the history; empty for no limit. The persona and the next question do not count.
  std::optional<std::size_t> max_messages = {};
  /// Exchanges of the history; empty for no limit, 0 to remember nothing.
  std::optional<std::size_t> max_exchanges = {};
  /// Tokens of all that is sent: persona, history and question; empty for no limit. Persona and question are sent also
  /// when they alone are more.
  std::optional<std::size_t> max_tokens = {};
  /// Counts the tokens of a message; null for `rough_tokens`. What it throws, the caller of the member that counted
  /// gets, and the conversation is as it was. It is called with the conversation's messages from the newest on.
  std::function<std::size_t(const Message&)> estimate_tokens = {};
};

/// An answer on its way: a `Pending` that knows its question. `Conversation::accept` takes it over. Dropping it does
/// not cancel the call, and leaves the conversation as it is. Threads: as `Pending`.
class CHATOPEN_EXPORT PendingAnswer {
 public:
  /// Whether the answer, or the error, is there. Never blocks.
  [[nodiscard]] bool ready() const noexcept;
  /// Until it is there.
  void wait() const;
  /// At most that long. Whether it is there.
  bool wait_for(std::chrono::milliseconds duration) const;
  /// Ends the call as `ErrorKind::cancelled`, unless it has ended. Does not wait.
  void cancel() noexcept;

 private:
  friend class Conversation;
  PendingAnswer(Question question, Result<Pending<ChatReply>> pending, std::shared_ptr<const bool> stopped = {});

  Question question_;
  Result<Pending<ChatReply>> pending_;
  // Set by the callback before the result is there; null without a callback.
  std::shared_ptr<const bool> stopped_;
};

/// A conversation with a model: what it is told to be (the persona), and what was said so far (the history). Each
/// question is sent with both, and the history grows by the question and its answer. Needs an endpoint of the messages
/// form; the prompt form has no room for a history (see `HistoryLimits::max_exchanges`).
///
/// An exchange counts only as a whole. The history stays as it was when the call fails or is cancelled; when a callback
/// stops the answer; when the reply has no text (a shape that the SDK does not know, see `ChatReply::raw`); and when
/// the model asks for tools, which `run_tools` (chatopen/tools.hpp) brings to an end. What the caller wants to keep
/// nevertheless, `accept` adds.
///
/// A value: a copy is a branch that goes its own way. Different objects, also copies, may be used by different threads
/// at once; one object by one thread at a time, or by several that only call const members. A moved-from object may
/// only be assigned to or destroyed.
///
/// @code
/// chatopen::Conversation innkeeper(client, chatopen::endpoints::role_play("innkeeper"), "You keep an inn.");
/// auto reply = innkeeper.ask("Is there a room left?");
/// reply = innkeeper.ask("And supper?", [](const chatopen::ChatDelta& delta) { std::cout << delta.text; });
/// @endcode
class CHATOPEN_EXPORT Conversation {
 public:
  /// `request` is what every question is sent with; its messages are the persona.
  Conversation(ChatClient client, ChatRequest request);
  /// `persona` becomes a system message, which the model follows (inferred); empty for none.
  Conversation(ChatClient client, Endpoint endpoint, std::string persona = {});

  /// Asks and waits for the whole answer.
  /// Errors: as `ChatClient::chat`; `invalid_argument` for a question of another role than user or system.
  [[nodiscard]] Result<ChatReply> ask(Question question, const CallOptions& options = {});

  /// The same, with the pieces of the answer as they come. Where the callback stops it, the reply is what had come, and
  /// the history stays as it was. The callback may use the conversation.
  template <DeltaConsumer OnDelta>
  [[nodiscard]] Result<ChatReply> ask(Question question, OnDelta&& on_delta, const CallOptions& options = {}) {
    return ask_with(std::move(question), detail::DeltaCallback(on_delta), options);
  }

  /// Asks without waiting; `accept` adds the exchange once it is there. The question and the history are encoded before
  /// this returns.
  /// @code
  /// chatopen::PendingAnswer answer = innkeeper.ask_async("Is there a room left?");
  /// while (!answer.ready()) next_frame();  // with client.poll() where the transport is poll-driven
  /// chatopen::Result<chatopen::ChatReply> reply = innkeeper.accept(std::move(answer));
  /// @endcode
  [[nodiscard]] PendingAnswer ask_async(Question question, const CallOptions& options = {}) const;

  /// The same with the pieces of the answer as they come, on the transport's thread, where the callback must not use
  /// the conversation.
  template <DeltaConsumer OnDelta>
  [[nodiscard]] PendingAnswer ask_async(Question question, OnDelta on_delta, const CallOptions& options = {}) const {
    if (Result<void> checked = check(question); !checked) {
      return PendingAnswer(std::move(question), checked.error());
    }
    auto stopped = std::make_shared<bool>(false);
    auto watched = [on_delta = std::move(on_delta), stopped](const ChatDelta& delta) mutable {
      *stopped = !detail::DeltaCallback(on_delta)(delta);
      return !*stopped;
    };
    Pending<ChatReply> pending = client_.stream_async(prepare(question), std::move(watched), options);
    return PendingAnswer(std::move(question), std::move(pending), std::move(stopped));
  }

  /// Waits for the answer, and adds the exchange as `ask` does. Of several answers on their way, each is added behind
  /// what was accepted before it, also where it was asked without that. Errors: as `ask`.
  [[nodiscard]] Result<ChatReply> accept(PendingAnswer answer);

  /// What would be sent to ask this: for callers that make the call themselves, such as with `ChatClient::stream` or
  /// `co_await`, and then `accept` what came.
  [[nodiscard]] ChatRequest prepare(const Question& question) const;

  /// Adds a question and its reply to the history, and forgets what no longer fits.
  /// Errors: `invalid_argument`, and the history as it was, when the reply has no text, or calls for tools.
  [[nodiscard]] Result<void> accept(Question question, const ChatReply& reply);

  /// Adds whole exchanges: messages in which every call of a tool is followed by its result, up to an answer.
  /// Errors: `invalid_argument` naming the message that does not belong there or could not be sent; the history is as
  /// it was.
  [[nodiscard]] Result<void> accept(std::vector<Message> exchange);

  /// What was said so far, oldest first, without the persona.
  [[nodiscard]] const std::vector<Message>& history() const& noexcept { return history_; }
  [[nodiscard]] std::vector<Message> history() && { return std::move(history_); }
  /// Forgets everything but the persona.
  void clear() noexcept { history_.clear(); }

  /// What every question is sent with: endpoint, persona (its `messages`), sampling, tools. Changes take effect with
  /// the next question.
  [[nodiscard]] ChatRequest& request() & noexcept { return request_; }
  /// The same.
  [[nodiscard]] const ChatRequest& request() const& noexcept { return request_; }
  /// Makes the persona this one system message; empty for none.
  void set_persona(std::string persona);

  /// How much is remembered; everything unless set.
  [[nodiscard]] const HistoryLimits& limits() const& noexcept { return limits_; }
  /// Takes effect with the next question.
  void set_limits(HistoryLimits limits) { limits_ = std::move(limits); }

  /// The client that is asked.
  [[nodiscard]] const ChatClient& client() const& noexcept { return client_; }

  /// Persona and history as JSON text, whose format docs/conversations.md describes: pictures from memory as base64,
  /// those in files by their path, those on the net by their URL. No endpoint, and nothing of the client.
  /// Errors: `invalid_argument` naming a text that is not valid UTF-8.
  [[nodiscard]] Result<std::string> to_json() const;
  /// Replaces persona and history by what `to_json` wrote. Errors: `invalid_argument`, with line and column of what is
  /// not JSON, or the path of the member that is wrong, such as `history[3].parts[0].image_bytes`; `io` for a picture
  /// whose file cannot be read. The conversation is then as it was. Files of pictures are looked at, and sent with the
  /// next question: restore what you trust.
  [[nodiscard]] Result<void> restore(std::string_view json);

  /// Writes `to_json` to a file that only its owner may read: to another name first, so that at any moment the file is
  /// the old one or the new one, whole. A symbolic link of that name is replaced, not followed.
  /// Errors: as `to_json`; `invalid_argument` for a path that cannot be the name of a regular file; `io`.
  [[nodiscard]] Result<void> save(const std::string& path) const;
  /// `restore` from a file of at most 1 GiB. Errors: as `restore`, with the path before the message; `io` when the file
  /// cannot be read; `invalid_argument` when it is too large or no regular file.
  [[nodiscard]] Result<void> load(const std::string& path);

 private:
  [[nodiscard]] static Result<void> check(const Question& question);
  [[nodiscard]] Result<ChatReply> ask_with(Question question, const detail::DeltaCallback& on_delta,
                                           const CallOptions& options);
  void keep(Question question, const ChatReply& reply);

  ChatClient client_;
  ChatRequest request_;
  std::vector<Message> history_;
  HistoryLimits limits_;
};

}  // namespace chatopen
