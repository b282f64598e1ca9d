#pragma once

/// @file
/// `ChatRequest`: what is asked, of which endpoint.

#include <chatopen/endpoint.hpp>
#include <chatopen/message.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chatopen {

/// A function that the model may ask the caller to run.
struct Tool {
  /// As the model will call it.
  std::string name = {};
  /// For the model: what it does and when to use it.
  std::string description = {};
  /// The JSON schema of the arguments, as JSON text; empty for a function without arguments.
  std::string parameters = {};
};

/// One question. Only `endpoint` and `messages` are required. Everything else is undocumented at this service: it is
/// sent only when set, in the common chat-completions spelling, and not interpreted. All text must be valid UTF-8.
struct ChatRequest {
  /// Who is asked.
  Endpoint endpoint = {};
  /// The conversation so far, oldest first; at least one.
  std::vector<Message> messages{};
  /// Usually 0 to 2. Must be finite.
  std::optional<double> temperature = {};
  /// Usually 0 to 1. Must be finite.
  std::optional<double> top_p = {};
  /// The reply's limit in tokens, at least 1.
  std::optional<std::int64_t> max_tokens = {};
  /// Texts at which the model stops.
  std::vector<std::string> stop{};
  /// For replies that repeat, where the model can.
  std::optional<std::int64_t> seed = {};
  /// A JSON object as text, such as `{"type":"json_object"}`; empty to leave it out.
  std::string response_format = {};
  /// What the model may ask for, at an endpoint of the messages form.
  std::vector<Tool> tools{};
  /// `auto`, `none`, `required`, or a JSON object as text; empty to leave it out.
  std::string tool_choice = {};
  /// A JSON object as text; its members go into the body verbatim. One that the request sets already is refused.
  std::string extra = {};
};

}  // namespace chatopen
