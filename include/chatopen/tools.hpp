#pragma once

/// @file
/// `run_tools`: lets a model call functions of the program; `JsonSchema` says what they take. Opt-in: not part of the
/// umbrella.

#include <chatopen/client.hpp>
#include <chatopen/conversation.hpp>
#include <chatopen/export.hpp>
#include <chatopen/message.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatopen {

struct SchemaProperty;

namespace detail {
class ToolRunner;
}

/// A JSON schema, put together from typed pieces; for `Tool::parameters` and `ChatRequest::response_format`. Whatever
/// it cannot say, JSON text can. Descriptions are for the model; empty to leave them out. Texts must be valid UTF-8.
///
/// @code
/// chatopen::Tool weather{.name = "weather",
///                        .description = "The weather in a city now.",
///                        .parameters = chatopen::JsonSchema::object({
///                            {"city", chatopen::JsonSchema::string("Such as Oslo.")},
///                            {"unit", chatopen::JsonSchema::one_of({"C", "F"}), false},
///                        }).text()};
/// @endcode
class CHATOPEN_EXPORT JsonSchema {
 public:
  /// Any value.
  JsonSchema();
  /// A text.
  [[nodiscard]] static JsonSchema string(const std::string& description = {});
  /// A number.
  [[nodiscard]] static JsonSchema number(const std::string& description = {});
  /// A whole number.
  [[nodiscard]] static JsonSchema integer(const std::string& description = {});
  /// True or false.
  [[nodiscard]] static JsonSchema boolean(const std::string& description = {});
  /// One of these texts.
  [[nodiscard]] static JsonSchema one_of(const std::vector<std::string>& values, const std::string& description = {});
  /// A list.
  [[nodiscard]] static JsonSchema array(const JsonSchema& items, const std::string& description = {});
  /// An object.
  [[nodiscard]] static JsonSchema object(const std::vector<SchemaProperty>& properties,
                                         const std::string& description = {});

  /// The schema as JSON text.
  [[nodiscard]] const std::string& text() const& noexcept { return text_; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  explicit JsonSchema(std::string text);
  std::string text_;
};

/// A member of an object.
struct SchemaProperty {
  /// As it is spelled.
  std::string name = {};
  /// What it is.
  JsonSchema schema = {};
  /// Whether it must be there.
  bool required = true;
};

/// A tool, and what runs it.
struct ToolHandler {
  /// What the model is told; the name must be no other handler's.
  Tool tool = {};
  /// Gets the arguments as the text of a JSON object (`{}` where the model wrote nothing), which was not checked
  /// against the schema. Returns what the model is told, valid UTF-8, often JSON. An `Error` is told too (its message
  /// and its detail), or ends the run. What it throws ends the run, and reaches who called.
  std::function<Result<std::string>(const std::string& arguments)> run = {};
};

/// Whether a tool may run.
struct ToolApproval {
  /// Whether it may.
  bool allowed = true;
  /// Why not; the model is told.
  std::string reason = {};

  /// It may.
  [[nodiscard]] static ToolApproval allow() { return {}; }
  /// It may not, and the model is told why.
  [[nodiscard]] static ToolApproval deny(std::string reason) { return {.allowed = false, .reason = std::move(reason)}; }
};

/// What happens when the model calls a tool that is not there, or with arguments that are no JSON object, or when a
/// handler returns an error.
enum class ToolFault : std::uint8_t {
  tell_model,  ///< The model is told, and may do better.
  end_run,     ///< The run ends with the handler's error, or one of kind `protocol`.
};

/// How tools are run.
struct ToolOptions {
  /// Of each call of the model. `CallOptions::cancel` also keeps handlers from running.
  CallOptions call = {};
  /// How often the model is called at most, at least 1.
  int max_steps = 10;
  /// Asked before each handler runs; null to allow all. What it throws ends the run, and reaches who called.
  std::function<ToolApproval(const ToolCall&)> approve = {};
  /// What a faulty call of a tool leads to.
  ToolFault on_fault = ToolFault::tell_model;
};

/// What happened.
struct ToolRun {
  /// The answer, or why there is none. The model's wish to go on beyond `ToolOptions::max_steps` is an error of kind
  /// `too_large`.
  Result<ChatReply> reply;
  /// What came after the request's messages, also when the run failed: the model's messages, the results of the tools
  /// that ran, and the answer. A call without an `id` has got one.
  std::vector<Message> transcript = {};
  /// Of all calls of the model together; empty when the service never said.
  std::optional<Usage> usage = {};
  /// How often the model was called.
  int steps = 0;
};

/// The run as single steps, for who makes the calls in another way: `run_tools` for coroutines and frame loops.
/// Handlers run, one after the other, within `accept`. One thread at a time.
///
/// @code
/// chatopen::ToolLoop loop(request, handlers);
/// while (!loop.done()) loop.accept(co_await client.chat_async(loop.request()));
/// chatopen::ToolRun run = std::move(loop).finish();
/// @endcode
class CHATOPEN_EXPORT ToolLoop {
 public:
  /// As `run_tools`; of `options.call` only `cancel` is used. With unusable handlers or options it is done at once,
  /// with an error.
  ToolLoop(ChatRequest request, std::vector<ToolHandler> handlers, ToolOptions options = {});

  /// Whether there is an answer or an error.
  [[nodiscard]] bool done() const noexcept { return done_; }
  /// What to ask the model next, unless done.
  [[nodiscard]] const ChatRequest& request() const& noexcept { return request_; }
  /// Takes what the model said, and runs the tools that it calls.
  void accept(Result<ChatReply> reply);
  /// What happened; an error of kind `cancelled` when the loop was left before it was done.
  [[nodiscard]] ToolRun finish() &&;

 private:
  friend class detail::ToolRunner;
  void end(Result<ChatReply> reply);
  [[nodiscard]] bool run(const ToolCall& call);
  [[nodiscard]] Result<std::string> result_of(const ToolCall& call);

  ChatRequest request_;
  std::vector<ToolHandler> handlers_;
  ToolOptions options_;
  ToolRun run_;
  bool done_ = false;
};

/// Calls the model, runs the tools that it asks for, and tells it their results, until it answers. The tools of the
/// handlers are added to the request's. Handlers run on the calling thread, one after the other. A `tool_choice` that
/// forces a call holds for the first step only, since the model could never answer otherwise. Needs an endpoint of the
/// messages form that knows tools, which is undocumented at this service.
///
/// `ToolRun::reply` has the errors of `ChatClient::chat`; `invalid_argument` for handlers without a function or of the
/// same name, and for less than one step; `too_large` when the steps do not suffice; see `ToolFault` for others.
[[nodiscard]] CHATOPEN_EXPORT ToolRun run_tools(const ChatClient& client, ChatRequest request,
                                                std::vector<ToolHandler> handlers, ToolOptions options = {});

/// The same for a question of a conversation, whose history grows by the whole exchange, tools included, when the model
/// has answered, and else stays as it was.
[[nodiscard]] CHATOPEN_EXPORT ToolRun run_tools(Conversation& conversation, Question question,
                                                std::vector<ToolHandler> handlers, ToolOptions options = {});

namespace detail {
[[nodiscard]] CHATOPEN_EXPORT ToolRun stream_tools(const ChatClient& client, ChatRequest request,
                                                   std::vector<ToolHandler> handlers, const DeltaCallback& on_delta,
                                                   ToolOptions options);
[[nodiscard]] CHATOPEN_EXPORT ToolRun stream_tools(Conversation& conversation, Question question,
                                                   std::vector<ToolHandler> handlers, const DeltaCallback& on_delta,
                                                   ToolOptions options);
}  // namespace detail

/// The same with the pieces of every reply as they come; tools run once their calls are whole. Where the callback stops
/// a reply, the run ends with what had come of it, which is not in the transcript; its tools do not run.
template <DeltaConsumer OnDelta>
[[nodiscard]] ToolRun run_tools(const ChatClient& client, ChatRequest request, std::vector<ToolHandler> handlers,
                                OnDelta&& on_delta, ToolOptions options = {}) {
  return detail::stream_tools(client, std::move(request), std::move(handlers), detail::DeltaCallback(on_delta),
                              std::move(options));
}

/// The same for a question of a conversation.
template <DeltaConsumer OnDelta>
[[nodiscard]] ToolRun run_tools(Conversation& conversation, Question question, std::vector<ToolHandler> handlers,
                                OnDelta&& on_delta, ToolOptions options = {}) {
  return detail::stream_tools(conversation, std::move(question), std::move(handlers), detail::DeltaCallback(on_delta),
                              std::move(options));
}

}  // namespace chatopen
