#include <chatopen/chatopen.hpp>

#include <string>

chatopen::Result<chatopen::ChatReply> call();

int main() {
#ifdef MISUSE
  const std::string& text = call()->text();
#else
  const std::string& text = call().value().text();
#endif
  return text.empty() ? 1 : 0;
}
