#include <chatopen/message.hpp>

int main() {
#ifdef MISUSE
  const auto message = chatopen::Message::user({"a", "b"});
#else
  const auto message = chatopen::Message::user({chatopen::text("a"), chatopen::text("b")});
#endif
  return message.tool_calls.empty() ? 0 : 1;
}
