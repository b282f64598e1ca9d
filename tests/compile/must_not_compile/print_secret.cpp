#include <chatopen/secret.hpp>

#include <iostream>

int main() {
  const chatopen::Secret secret("do not print");
#ifdef MISUSE
  std::cout << secret;
#else
  std::cout << secret.reveal();
#endif
}
