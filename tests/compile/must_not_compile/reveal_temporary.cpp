#include <chatopen/secret.hpp>

#include <string_view>

int main() {
#ifdef MISUSE
  const std::string_view view = chatopen::Secret("gone").reveal();
#else
  const chatopen::Secret secret("here");
  const std::string_view view = secret.reveal();
#endif
  return view.empty() ? 1 : 0;
}
