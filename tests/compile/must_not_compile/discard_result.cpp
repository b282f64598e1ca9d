#include <chatopen/chatopen.hpp>

chatopen::Result<void> call();

int main() {
#ifdef MISUSE
  call();
#else
  return call() ? 0 : 1;
#endif
}
