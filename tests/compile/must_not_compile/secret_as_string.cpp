#include <chatopen/secret.hpp>

#include <string>

int main() {
  const chatopen::Secret secret("do not copy");
#ifdef MISUSE
  const std::string text = secret;
#else
  const std::string text(secret.reveal());
#endif
  return text.empty() ? 1 : 0;
}
