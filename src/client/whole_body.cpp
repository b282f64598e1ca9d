#include "client/whole_body.hpp"

#include <cstddef>
#include <utility>

namespace chatopen::client {
namespace {

// For JSON that the parser refused: whether it is the beginning of an object or array, and nothing behind one.
bool is_unfinished(std::string_view body) {
  if (!begins_object_or_array(body)) return false;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    // No JSON has them; what corrupt compression yields does.
    if (static_cast<unsigned char>(c) < 0x20 && std::string_view("\t\r\n").find(c) == std::string_view::npos)
      return false;
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (c == '\\') ++i;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool begins_object_or_array(std::string_view body) {
  const std::size_t first = body.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  return first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
}

FailedAttempt refused_by_whole_body(Error error, const TransportOutcome& outcome, std::string_view body) {
  const bool proven = outcome.body_end == BodyEnd::proven;
  if (proven || error.kind != ErrorKind::protocol || !is_unfinished(body)) return refused_by_body(std::move(error));
  FailedAttempt failed = cut("nothing but its JSON shows its end, and that is unfinished");
  failed.error.body_snippet = std::move(error.body_snippet);
  return failed;
}

}  // namespace chatopen::client
