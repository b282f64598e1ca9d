#include "sandbox/json_body.hpp"

#include "sandbox/exchange.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace chatopen::sandbox {
namespace {

constexpr int max_depth = 100;

// Watches the parser, because a parsed object no longer shows that a member came twice.
class MemberWatch {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start) {
      if (depth >= max_depth) throw Refusal("the body is nested deeper than " + std::to_string(max_depth) + " levels");
      seen_.emplace_back();
    } else if (event == Json::parse_event_t::object_end || event == Json::parse_event_t::array_end) {
      seen_.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!seen_.back().insert(name).second) throw Refusal("the body has the member " + in_quotes(name) + " twice");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> seen_;
};

std::string without_prefix(const std::string& what) {
  const auto end = what.find("] ");
  return end == std::string::npos ? what : what.substr(end + 2);
}

}  // namespace

Json parse_object(std::string_view body) {
  if (body.empty()) throw Refusal("the body is empty; expected a JSON object");
  if (body.starts_with("\xEF\xBB\xBF")) throw Refusal("the body begins with a byte order mark");
  Json value;
  MemberWatch watch;
  try {
    value = Json::parse(
        body, [&watch](int depth, Json::parse_event_t event, Json& parsed) { return watch(depth, event, parsed); });
  } catch (const Json::exception& error) {
    throw Refusal("the body is not valid JSON: " + without_prefix(error.what()));
  }
  require_object(value, "the body");
  return value;
}

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string in_quotes(std::string_view text) {
  return to_text(Json(text));
}

bool is_utf8(std::string_view text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

const Json* find(const Json& object, std::string_view name) {
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : &*found;
}

const std::string& required_string(const Json& object, const std::string& where, std::string_view name) {
  const Json* member = find(object, name);
  const std::string full = where + std::string(name);
  if (member == nullptr) throw Refusal(full + " is missing");
  if (!member->is_string()) throw Refusal(full + " must be a string, but is " + member->type_name());
  return member->get_ref<const std::string&>();
}

const Json& required_object(const Json& object, const std::string& where, std::string_view name) {
  const Json* member = find(object, name);
  const std::string full = where + std::string(name);
  if (member == nullptr) throw Refusal(full + " is missing");
  require_object(*member, full);
  return *member;
}

void require_object(const Json& value, const std::string& what) {
  if (!value.is_object()) throw Refusal(what + " must be an object, but is " + value.type_name());
}

void require_only(const Json& object, const std::string& where, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Refusal(where + name + " is not a member that the protocol knows");
    }
  }
}

}  // namespace chatopen::sandbox
