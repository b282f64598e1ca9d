#pragma once

#include "codec/chunk_decoder.hpp"
#include "decode_fixture.hpp"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::codec {

using Step = ChunkDecoder::Step;

/// One stream and what came out of it.
class Chunks {
 public:
  Chunks() = default;
  /// After these events, each of which must be accepted.
  explicit Chunks(const std::vector<std::string>& events) {
    for (const std::string& event : events) {
      if (feed(event) != Step::more) deltas.push_back({.text = "refused: " + error.message});
    }
  }
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;

  Step feed(std::string_view data) {
    auto on_delta = [this](const ChatDelta& delta) { return keep(delta); };
    return decoder.decode(data, 200, detail::DeltaCallback(on_delta), error);
  }
  bool finish() {
    auto on_delta = [this](const ChatDelta& delta) { return keep(delta); };
    return decoder.finish(detail::DeltaCallback(on_delta));
  }

  /// The whole of one member, each piece of which must be valid UTF-8.
  std::string text() const { return join(&ChatDelta::text); }
  std::string reasoning() const { return join(&ChatDelta::reasoning); }
  std::string arguments(int index) const {
    std::string whole;
    for (const ChatDelta& delta : deltas) {
      if (delta.tool_call && delta.tool_call->index == index) whole += checked(delta.tool_call->arguments);
    }
    return whole;
  }

 private:
  const base::Redactor redactor_ = redactor();

 public:
  ChunkDecoder decoder{redactor_};
  std::vector<ChatDelta> deltas;
  Error error;
  /// With this many deltas the callback wants no more.
  std::size_t wanted = SIZE_MAX;

 private:
  bool keep(const ChatDelta& delta) {
    deltas.push_back(delta);
    return deltas.size() < wanted;
  }
  static std::string checked(const std::string& piece) {
    return simdjson::validate_utf8(piece) ? piece : "(a piece that is not valid UTF-8)";
  }
  std::string join(std::string ChatDelta::*member) const {
    std::string whole;
    for (const ChatDelta& delta : deltas) whole += checked(delta.*member);
    return whole;
  }
};

/// The envelope around an answer, which is JSON-escaped already.
inline std::string answer_event(const std::string& answer) {
  return R"({"code":"200","msg":"success","data":{"answer":")" + answer + R"("}})";
}

/// A `chat.completion.chunk` with one choice.
inline std::string choice_event(const std::string& choice) {
  return R"({"id":"req-1","object":"chat.completion.chunk","model":"gpt-4o","choices":[)" + choice + "]}";
}

inline std::string delta_event(const std::string& delta) {
  return choice_event(R"({"index":0,"delta":)" + delta + R"(,"finish_reason":null})");
}

inline std::string tool_calls_event(const std::string& tool_calls) {
  return delta_event(R"({"tool_calls":)" + tool_calls + "}");
}

/// A piece of a tool call's arguments, which is JSON-escaped already.
inline std::string arguments_event(int index, const std::string& arguments) {
  return tool_calls_event(R"([{"index":)" + std::to_string(index) + R"(,"function":{"arguments":")" + arguments +
                          R"("}}])");
}

}  // namespace chatopen::codec
