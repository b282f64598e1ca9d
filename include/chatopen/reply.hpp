#pragma once

/// @file
/// `ChatReply`: what the model answered.

#include <chatopen/export.hpp>
#include <chatopen/message.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chatopen {

/// What the call cost, as the service counts it; what it left out is 0.
struct Usage {
  /// Read by the model.
  std::int64_t prompt_tokens = 0;
  /// Written by the model.
  std::int64_t completion_tokens = 0;
  /// As the service adds them up.
  std::int64_t total_tokens = 0;
};

/// A complete reply. The reply of `…/text/v3` is not documented: an envelope with `data.answer` and a `chat.completion`
/// (bare or as `data`) are decoded; any other JSON succeeds with an empty `text()`, to be read from `raw()`.
///
/// Accessors return references into this object, and values when it is a temporary.
class CHATOPEN_EXPORT ChatReply {
 public:
  /// What a reply is made of; for tests that need one without a server.
  struct Fields {
    /// See `ChatReply::text`.
    std::string text = {};
    /// See `ChatReply::reasoning`.
    std::string reasoning = {};
    /// See `ChatReply::finish_reason`.
    std::string finish_reason = {};
    /// See `ChatReply::usage`.
    std::optional<Usage> usage = {};
    /// See `ChatReply::tool_calls`.
    std::vector<ToolCall> tool_calls{};
    /// See `ChatReply::model`.
    std::string model = {};
    /// See `ChatReply::request_id`.
    std::string request_id = {};
    /// See `ChatReply::attempts`.
    int attempts = 1;
    /// See `ChatReply::raw`.
    std::string raw = {};
  };

  /// A reply made by hand.
  explicit ChatReply(Fields fields);

  /// The answer, valid UTF-8; empty when the reply has none.
  [[nodiscard]] const std::string& text() const& noexcept { return fields_.text; }
  [[nodiscard]] std::string text() &&;
  /// What a reasoning model thought aloud (`reasoning_content`); usually empty.
  [[nodiscard]] const std::string& reasoning() const& noexcept { return fields_.reasoning; }
  [[nodiscard]] std::string reasoning() &&;
  /// The wire's word, such as `stop`, `length` or `tool_calls`; empty when none came.
  [[nodiscard]] const std::string& finish_reason() const& noexcept { return fields_.finish_reason; }
  [[nodiscard]] std::string finish_reason() &&;
  /// What the call cost; empty when the service did not say.
  [[nodiscard]] const std::optional<Usage>& usage() const& noexcept { return fields_.usage; }
  [[nodiscard]] std::optional<Usage> usage() && noexcept;
  /// The tools that the model asks for; usually empty.
  [[nodiscard]] const std::vector<ToolCall>& tool_calls() const& noexcept { return fields_.tool_calls; }
  [[nodiscard]] std::vector<ToolCall> tool_calls() &&;
  /// The model as the service names it; empty when it does not.
  [[nodiscard]] const std::string& model() const& noexcept { return fields_.model; }
  [[nodiscard]] std::string model() &&;
  /// The service's identifier of the request, for its support; empty when it gave none.
  [[nodiscard]] const std::string& request_id() const& noexcept { return fields_.request_id; }
  [[nodiscard]] std::string request_id() &&;
  /// How many times the request was started on the network: 1 unless it was retried.
  [[nodiscard]] int attempts() const noexcept { return fields_.attempts; }
  /// The body as it came; empty when the reply was put together from the pieces of a stream. `chatopen/json.hpp` turns
  /// it into `nlohmann::json`.
  [[nodiscard]] const std::string& raw() const& noexcept { return fields_.raw; }
  [[nodiscard]] std::string raw() &&;

 private:
  Fields fields_;
};

}  // namespace chatopen
