#pragma once

#include "client_fixture.hpp"
#include "stream_pieces.hpp"

#include <chatopen/tools.hpp>

#include <string>
#include <vector>

namespace chatopen {

/// A call as a reply has it, its arguments being JSON text.
[[nodiscard]] inline std::string call(const std::string& id, const std::string& name, const std::string& arguments) {
  return R"({"id":")" + id + R"(","type":"function","function":{"name":")" + name + R"(","arguments":")" + arguments +
         "\"}}";
}

/// A client whose scripted model may call a tool for the weather.
class RunTools : public ClientOverMock {
 protected:
  void calls(const std::string& list, const std::string& content = "null") {
    mock->reply({.body = R"({"choices":[{"message":{"content":)" + content + R"(,"tool_calls":[)" + list +
                         R"(]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":2,)"
                         R"("total_tokens":12}})"});
  }
  void answers(const std::string& text) {
    mock->reply({.body = R"({"choices":[{"message":{"content":")" + text +
                         R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":3,)"
                         R"("total_tokens":23}})"});
  }
  [[nodiscard]] ToolHandler weather() {
    return {.tool = {.name = "weather",
                     .description = "The weather.",
                     .parameters = JsonSchema::object({{"city", JsonSchema::string()}}).text()},
            .run = [this](const std::string& arguments) -> Result<std::string> {
              seen.push_back(arguments);
              return std::string("sunny");
            }};
  }
  [[nodiscard]] static ToolHandler failing(Error error) {
    return {.tool = {.name = "weather"}, .run = [error](const std::string&) -> Result<std::string> { return error; }};
  }
  [[nodiscard]] std::string sent(std::size_t step) const { return mock->requests().at(step).body; }

  ChatClient client = make();
  std::vector<std::string> seen;
};

/// Streamed, with the arguments in pieces.
class StreamedTools : public RunTools {
 protected:
  static std::string piece(const std::string& tool_calls) {
    return choice_event(R"({"index":0,"delta":{"tool_calls":[)" + tool_calls + "]}}");
  }
  void stream_a_call() {
    mock->reply_stream(
        {piece(R"({"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":""}})"),
         piece(R"({"index":0,"function":{"arguments":"{\"city\":"}})"),
         piece(R"({"index":0,"function":{"arguments":"\"Oslo\"}"}})"), "data: [DONE]\n\n"});
  }
};

class ToolsInConversation : public StreamedTools {
 protected:
  Conversation conversation{client, endpoints::gpt_4o(), "Be brief."};
};

}  // namespace chatopen
