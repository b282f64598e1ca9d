#include "base/process.hpp"

#include <atomic>

#if __has_include(<unistd.h>)
#include <pthread.h>
#define CHATOPEN_HAS_FORK 1
#else
#define CHATOPEN_HAS_FORK 0
#endif

namespace chatopen::base {
namespace {

std::atomic<unsigned> generation{0};

}  // namespace

unsigned process_generation() noexcept {
#if CHATOPEN_HAS_FORK
  // Out of memory, forks go unnoticed; then the program has other troubles.
  [[maybe_unused]] static const int watched =
      pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });
#endif
  return generation.load(std::memory_order_relaxed);
}

}  // namespace chatopen::base
