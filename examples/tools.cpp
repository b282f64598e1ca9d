// Lets the model call a function of this program, when the user agrees, and prints what happened.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/tools.hpp>

#include <iostream>
#include <string>

namespace co = chatopen;

int main() {
  const auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }

  const co::ToolHandler weather{
      .tool = {.name = "weather",
               .description = "The weather in a city now.",
               .parameters = co::JsonSchema::object({{"city", co::JsonSchema::string("Such as Oslo.")},
                                                     {"unit", co::JsonSchema::one_of({"C", "F"}), false}})
                                 .text()},
      // The arguments are JSON text; a real tool would parse them.
      .run = [](const std::string& arguments) -> co::Result<std::string> {
        if (arguments.find("city") == std::string::npos) return co::Error{.message = "the city is missing"};
        return std::string(R"({"sky":"clear","degrees":21})");
      },
  };
  const co::ToolRun run = co::run_tools(
      *client, {.endpoint = co::endpoints::gpt_4o(), .messages = {co::Message::user("What's the weather in Oslo?")}},
      {weather},
      {// The sandbox has no model to decide on a call; the header tells it to.
       .call = {.headers = {{"X-Sandbox-Reply",
                             "shape=completion; tool-call=weather; tool-arguments=%7B%22city%22%3A%22Oslo%22%7D"}}},
       .max_steps = 5,
       .approve = [](const co::ToolCall& call) {
         std::cout << "May " << call.name << " run with " << call.arguments << "? Yes.\n";
         return co::ToolApproval::allow();  // or deny("why"), which the model is told
       }});

  // Whether or not there is an answer: what has happened until then.
  for (const co::Message& message : run.transcript) {
    std::cout << to_string(message.role) << ": " << message.text << '\n';
  }
  if (!run.reply) {
    std::cerr << run.reply.error() << '\n';
    return 1;
  }
  std::cout << run.steps << " steps";
  if (run.usage) std::cout << ", " << run.usage->total_tokens << " tokens";
  std::cout << '\n';
}
