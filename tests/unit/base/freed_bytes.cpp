#include "freed_bytes.hpp"

#include <atomic>
#include <cstdlib>
#include <new>
#include <utility>

namespace chatopen {
namespace {

std::atomic<FreedBytes*> watching = nullptr;

}  // namespace

FreedBytes::FreedBytes(std::string_view array) : array_(array), room_(array.size(), '?') {
  watching = this;
}

FreedBytes::~FreedBytes() {
  watching = nullptr;
}

void FreedBytes::note(const void* memory) noexcept {
  FreedBytes* const watch = watching;
  if (watch == nullptr || watch->bytes_ || memory != watch->array_.data()) return;
  watch->array_.copy(watch->room_.data(), watch->room_.size());
  watch->bytes_ = std::move(watch->room_);
}

}  // namespace chatopen

// They serve the whole program. Each form is replaced, since those of a sanitizer do not end in one another.
void* operator new[](std::size_t size) {
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete[](void* memory) noexcept {
  chatopen::FreedBytes::note(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  chatopen::FreedBytes::note(memory);
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  chatopen::FreedBytes::note(memory);
  std::free(memory);
}
