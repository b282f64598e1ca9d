#pragma once

/// @file
/// `ChatReply`: what the model answered.

#include <chatopen/message.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatopen {

/// What the call cost, as the service counts it; what it left out is 0.
struct Usage {
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t total_tokens = 0;
};

/// A complete reply. The reply of `…/text/v3` is not documented: an envelope with `data.answer` and a `chat.completion`
/// (bare or as `data`) are decoded; any other JSON succeeds with an empty `text()`, to be read from `raw()`.
///
/// Accessors return references into this object, and values when it is a temporary.
class ChatReply {
 public:
  /// What a reply is made of; for tests that need one without a server.
  struct Fields {
    std::string text = {};
    std::string reasoning = {};
    std::string finish_reason = {};
    std::optional<Usage> usage = {};
    std::vector<ToolCall> tool_calls = {};
    std::string model = {};
    std::string request_id = {};
    int attempts = 1;
    std::string raw = {};
  };

  explicit ChatReply(Fields fields) : fields_(std::move(fields)) {}

  /// The answer, valid UTF-8; empty when the reply has none.
  [[nodiscard]] const std::string& text() const& noexcept { return fields_.text; }
  [[nodiscard]] std::string text() && { return std::move(fields_.text); }
  /// What a reasoning model thought aloud (`reasoning_content`); usually empty.
  [[nodiscard]] const std::string& reasoning() const& noexcept { return fields_.reasoning; }
  [[nodiscard]] std::string reasoning() && { return std::move(fields_.reasoning); }
  /// The wire's word, such as `stop`, `length` or `tool_calls`; empty when none came.
  [[nodiscard]] const std::string& finish_reason() const& noexcept { return fields_.finish_reason; }
  [[nodiscard]] std::string finish_reason() && { return std::move(fields_.finish_reason); }
  [[nodiscard]] const std::optional<Usage>& usage() const& noexcept { return fields_.usage; }
  [[nodiscard]] std::optional<Usage> usage() && noexcept { return fields_.usage; }
  [[nodiscard]] const std::vector<ToolCall>& tool_calls() const& noexcept { return fields_.tool_calls; }
  [[nodiscard]] std::vector<ToolCall> tool_calls() && { return std::move(fields_.tool_calls); }
  /// The model as the service names it; empty when it does not.
  [[nodiscard]] const std::string& model() const& noexcept { return fields_.model; }
  [[nodiscard]] std::string model() && { return std::move(fields_.model); }
  /// The service's identifier of the request, for its support; empty when it gave none.
  [[nodiscard]] const std::string& request_id() const& noexcept { return fields_.request_id; }
  [[nodiscard]] std::string request_id() && { return std::move(fields_.request_id); }
  /// How many times the request was started on the network: 1 unless it was retried.
  [[nodiscard]] int attempts() const noexcept { return fields_.attempts; }
  /// The body as it came. `chatopen/json.hpp` turns it into `nlohmann::json`.
  [[nodiscard]] const std::string& raw() const& noexcept { return fields_.raw; }
  [[nodiscard]] std::string raw() && { return std::move(fields_.raw); }

 private:
  Fields fields_;
};

}  // namespace chatopen
