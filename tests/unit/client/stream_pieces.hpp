#pragma once

#include <chatopen/chatopen.hpp>

#include <optional>
#include <string>
#include <vector>

namespace chatopen {

inline constexpr const char* done_event = "data:[DONE]\n\n";

/// An event of the envelope form with the next piece of the answer.
[[nodiscard]] inline std::string answer_event(const std::string& piece) {
  return "data:{\"code\":\"200\",\"msg\":\"ok\",\"data\":{\"answer\":\"" + piece + "\"}}\n\n";
}

/// An event with the only choice of a `chat.completion.chunk`.
[[nodiscard]] inline std::string choice_event(const std::string& choice) {
  return R"(data:{"object":"chat.completion.chunk","model":"m-1","choices":[)" + choice + "]}\n\n";
}

[[nodiscard]] inline std::string joined(const std::vector<ChatDelta>& deltas) {
  std::string text;
  for (const ChatDelta& delta : deltas) text += delta.text;
  return text;
}

/// The ways in which a stream can be asked for.
enum class Door { blocking, async, pulled };

/// Asks through the door, keeps every piece, and waits for the end.
[[nodiscard]] inline Result<ChatReply> ask(Door door, const ChatClient& client, const ChatRequest& request,
                                           std::vector<ChatDelta>& deltas, const CallOptions& options = {}) {
  const auto keep = [&deltas](const ChatDelta& delta) { deltas.push_back(delta); };
  switch (door) {
    case Door::blocking: return client.chat(request, keep, options);
    case Door::async: return client.stream_async(request, keep, options).get();
    case Door::pulled: break;
  }
  ChatStream stream = client.stream(request, options);
  for (const ChatDelta& delta : stream) keep(delta);
  return stream.finish();
}

}  // namespace chatopen
