#include "allocation_count.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace chatopen::codec {
namespace {

std::atomic<std::size_t> threshold = SIZE_MAX;
std::atomic<int> counted = 0;
std::atomic<std::size_t> counted_bytes = 0;

}  // namespace

AllocationCount::AllocationCount(std::size_t at_least) noexcept {
  counted = 0;
  counted_bytes = 0;
  threshold = at_least;
}

AllocationCount::~AllocationCount() {
  threshold = SIZE_MAX;
}

int AllocationCount::count() const noexcept {
  return counted;
}

std::size_t AllocationCount::bytes() const noexcept {
  return counted_bytes;
}

}  // namespace chatopen::codec

// The replacements serve the whole program; the other forms of new and delete end in these.
void* operator new(std::size_t size) {
  if (size >= chatopen::codec::threshold) {
    ++chatopen::codec::counted;
    chatopen::codec::counted_bytes += size;
  }
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
