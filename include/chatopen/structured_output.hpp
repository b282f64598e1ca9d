#pragma once

/// @file
/// `chat_json_text`: JSON out of a model's answer, checked, and asked for again when it cannot be used. Opt-in: not
/// part of the umbrella. `chatopen/json.hpp` has the same for nlohmann/json.

#include <chatopen/client.hpp>
#include <chatopen/export.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen {

/// Gets JSON text that is syntactically correct; returns why it cannot be used, in words that help the model, or
/// nothing when it can. What it throws, the caller gets.
using JsonValidator = std::function<std::string(const std::string& json)>;

/// How JSON is asked for.
struct JsonOptions {
  /// Of each call of the model.
  CallOptions call = {};
  /// How often the model is asked again at most; 0 for never.
  int max_repairs = 2;
  /// Hears of every answer, with why it cannot be used (empty when it can): for counting and logging. Null for nobody.
  std::function<void(const ChatReply& reply, const std::string& fault)> on_answer = {};
};

/// What the model answered in the end.
struct JsonAnswer {
  /// The JSON, as the answer has it.
  std::string json = {};
  /// The answer that has it.
  ChatReply reply;
  /// Of all answers together; empty when the service never said.
  std::optional<Usage> usage = {};
  /// How many answers it took.
  int answers = 1;
};

/// The JSON values of an answer, the likeliest first: the whole answer; what stands in a fenced block (one that
/// says `json` before others); objects and lists between words. Only what is syntactically correct, at most 16, none
/// within another. The views are of the answer. Takes time proportional to its length.
[[nodiscard]] CHATOPEN_EXPORT std::vector<std::string_view> find_json(std::string_view answer);

/// Asks, and returns the first JSON of the answer (in the order of `find_json`) that the validator accepts; null
/// accepts all. Otherwise the answer and the reason are added to the messages, and the model is asked again; in the
/// prompt form, both become part of the prompt. Nothing tells the model that JSON is wanted: the messages should, and
/// `ChatRequest::response_format` may.
///
/// Errors: as `ChatClient::chat`; `protocol` when the last answer cannot be used either: why, its beginning as
/// `Error::body_snippet`, and in `Error::detail` what all answers cost; `invalid_argument` for negative `max_repairs`.
[[nodiscard]] CHATOPEN_EXPORT Result<JsonAnswer> chat_json_text(const ChatClient& client, ChatRequest request,
                                                                JsonValidator validator = {}, JsonOptions options = {});

/// `chat_json_text` as single steps, for who makes the calls in another way: coroutines and frame loops. One thread at
/// a time.
///
/// @code
/// chatopen::JsonLoop loop(client, request, validator);
/// while (!loop.done()) loop.accept(co_await client.chat_async(loop.request()));
/// chatopen::Result<chatopen::JsonAnswer> answer = std::move(loop).finish();
/// @endcode
class CHATOPEN_EXPORT JsonLoop {
 public:
  /// As `chat_json_text`; `options.call` is not used. The client is not called, but knows what to redact.
  JsonLoop(ChatClient client, ChatRequest request, JsonValidator validator = {}, JsonOptions options = {});

  /// Whether there is a result.
  [[nodiscard]] bool done() const noexcept { return result_.has_value(); }
  /// What to ask the model next, unless done.
  [[nodiscard]] const ChatRequest& request() const& noexcept { return request_; }
  /// Takes what the model said.
  void accept(Result<ChatReply> reply);
  /// The result; an error of kind `cancelled` when the loop was left before it was done.
  [[nodiscard]] Result<JsonAnswer> finish() &&;

 private:
  [[nodiscard]] std::string take(const std::string& answer, std::string& json) const;
  [[nodiscard]] Error unusable(const ChatReply& reply, const std::string& fault) const;
  void ask_again(const ChatReply& reply, const std::string& fault);

  ChatClient client_;
  ChatRequest request_;
  JsonValidator validator_;
  JsonOptions options_;
  std::optional<Usage> usage_;
  std::string fault_;
  // The question itself, where asking again must change it.
  std::string prompt_;
  int answers_ = 0;
  int attempts_ = 0;
  std::optional<Result<JsonAnswer>> result_;
};

}  // namespace chatopen
