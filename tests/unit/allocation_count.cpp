#include "allocation_count.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace chatopen {
namespace {

std::atomic<std::size_t> threshold = SIZE_MAX;
std::atomic<int> counted = 0;
std::atomic<std::size_t> counted_bytes = 0;

std::atomic<std::ptrdiff_t> live = 0;
// The allocations that are left before the one that fails, and it; 0 when none is to fail, or has failed.
thread_local int until_failure = 0;

void* allocate(std::size_t size) noexcept {
  if (until_failure > 0 && --until_failure == 0) return nullptr;
  if (size >= threshold) {
    ++counted;
    counted_bytes += size;
  }
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory != nullptr) ++live;
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) --live;
  std::free(memory);
}

void* allocate_or_throw(std::size_t size) {
  if (void* const memory = allocate(size)) return memory;
  throw std::bad_alloc();
}

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

AllocationFailure::AllocationFailure(int nth) noexcept {
  until_failure = nth;
}

AllocationFailure::~AllocationFailure() {
  until_failure = 0;
}

bool AllocationFailure::happened() const noexcept {
  return until_failure == 0;
}

std::ptrdiff_t live_allocations() noexcept {
  return live;
}

}  // namespace chatopen

// They serve the whole program. Each form is replaced, since those of a sanitizer do not end in one another.
void* operator new(std::size_t size) {
  return chatopen::allocate_or_throw(size);
}
void* operator new[](std::size_t size) {
  return chatopen::allocate_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return chatopen::allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return chatopen::allocate(size);
}
void operator delete(void* memory) noexcept {
  chatopen::release(memory);
}
void operator delete[](void* memory) noexcept {
  chatopen::release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  chatopen::release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  chatopen::release(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  chatopen::release(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  chatopen::release(memory);
}
