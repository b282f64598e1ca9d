#include "sandbox/exchange.hpp"
#include "sandbox/forms.hpp"

#include <algorithm>

namespace chatopen::sandbox {
namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view expected, const Json& value) {
  throw Refusal(std::string(name) + " must be " + std::string(expected) + ", but is " + value.type_name());
}

void check_stop(const Json& stop) {
  const bool texts =
      stop.is_array() && std::all_of(stop.begin(), stop.end(), [](const Json& s) { return s.is_string(); });
  if (!stop.is_string() && !texts) refuse("stop", "a string or an array of strings", stop);
}

void check_tools(const Json& tools) {
  if (!tools.is_array()) refuse("tools", "an array", tools);
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const std::string where = "tools[" + std::to_string(i) + "]";
    require_object(tools[i], where);
    if (required_string(tools[i], where + ".", "type") != "function")
      throw Refusal(where + ".type must be \"function\"");
    const Json& function = required_object(tools[i], where + ".", "function");
    if (required_string(function, where + ".function.", "name").empty()) {
      throw Refusal(where + ".function.name must not be empty");
    }
    if (const Json* parameters = find(function, "parameters"))
      require_object(*parameters, where + ".function.parameters");
  }
}

void check_setting(const std::string& name, const Json& value) {
  if ((name == "temperature" || name == "top_p") && !value.is_number()) refuse(name, "a number", value);
  if (name == "max_tokens" && !(value.is_number_integer() && value >= 1))
    refuse(name, "an integer of at least 1", value);
  if (name == "seed" && !value.is_number_integer()) refuse(name, "an integer", value);
  if (name == "stop") check_stop(value);
  if (name == "response_format") require_object(value, name);
  if (name == "tools") check_tools(value);
  if (name == "tool_choice" && !value.is_string() && !value.is_object()) refuse(name, "a string or an object", value);
  if (name == "stream" && !value.is_boolean()) refuse(name, "true or false", value);
}

}  // namespace

std::string describe_settings(const Json& body, std::initializer_list<std::string_view> form_members) {
  std::string settings;
  for (const auto& [name, value] : body.items()) {
    if (std::find(form_members.begin(), form_members.end(), name) != form_members.end()) continue;
    check_setting(name, value);
    settings += (settings.empty() ? " (" : ", ") + name + ": " + to_text(value);
  }
  return settings.empty() ? settings : settings + ")";
}

}  // namespace chatopen::sandbox
