#include "counting_allocator.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

// The programs that count have one thread.
chatopen::bench::Allocations counted;

}  // namespace

namespace chatopen::bench {

Allocations allocations() noexcept {
  return counted;
}

void restart_peak() noexcept {
  counted.peak_bytes = counted.live_bytes;
  counted.large = 0;
}

}  // namespace chatopen::bench

void* operator new(std::size_t size) {
  constexpr std::size_t large = std::size_t{1024} * 1024;
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  counted.live_bytes += malloc_usable_size(memory);
  counted.peak_bytes = std::max(counted.peak_bytes, counted.live_bytes);
  if (size >= large) ++counted.large;
  return memory;
}

void operator delete(void* memory) noexcept {
  counted.live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
