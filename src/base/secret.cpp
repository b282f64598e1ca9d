#include <chatopen/secret.hpp>

#include <algorithm>
#include <utility>

namespace chatopen {
namespace {

// A plain fill before a free is a dead store that compilers remove; volatile is not.
void wipe(char* bytes, std::size_t size) noexcept {
  volatile char* byte = bytes;
  for (std::size_t i = 0; i < size; ++i) byte[i] = 0;
}

}  // namespace

Secret::Secret(std::string_view value) : bytes_(new char[value.size() + 1]), size_(value.size()) {
  std::copy(value.begin(), value.end(), bytes_.get());
  bytes_[size_] = '\0';
}

Secret::Secret(const Secret& other) : Secret(other.reveal()) {}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(bytes_.get(), size_);
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() {
  wipe(bytes_.get(), size_);
}

}  // namespace chatopen
