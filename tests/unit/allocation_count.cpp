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

void* allocate(std::size_t size) noexcept {
  if (size >= threshold) {
    ++counted;
    counted_bytes += size;
  }
  return std::malloc(size == 0 ? 1 : size);
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
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
