#include "sandbox/exchange.hpp"
#include "sandbox/forms.hpp"

namespace chatopen::sandbox {

std::string describe_prompt_form(const Json& body) {
  if (body.contains("messages"))
    throw Refusal("messages: this path takes the prompt form ({\"issue\":…}), not messages");
  const std::string& issue = required_string(body, "", "issue");
  if (issue.empty()) throw Refusal("issue must not be empty");
  std::string description = "the prompt " + in_quotes(issue);
  if (body.contains("systemContent")) {
    description += " and the system prompt " + in_quotes(required_string(body, "", "systemContent"));
  }
  if (const Json* limit = find(body, "maxPromptToken")) {
    if (!limit->is_number_integer() || *limit < 1) throw Refusal("maxPromptToken must be an integer of at least 1");
  }
  return description + describe_settings(body, {"issue", "systemContent"});
}

}  // namespace chatopen::sandbox
