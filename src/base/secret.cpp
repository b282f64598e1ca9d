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

Secret::Secret(std::string_view value) : size_(value.size()) {
  if (size_ == 0) return;
  bytes_ = new char[size_];
  std::copy(value.begin(), value.end(), bytes_);
}

Secret::Secret(const char* value) : Secret(value == nullptr ? std::string_view() : std::string_view(value)) {}
Secret::Secret(const std::string& value) : Secret(std::string_view(value)) {}
Secret::Secret(const Secret& other) : Secret(other.reveal()) {}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

// The old text leaves with the temporary, which wipes it.
Secret& Secret::operator=(Secret&& other) noexcept {
  Secret taken(std::move(other));
  std::swap(bytes_, taken.bytes_);
  std::swap(size_, taken.size_);
  return *this;
}

Secret::~Secret() {
  wipe(bytes_, size_);
  delete[] bytes_;
}

// Out of line: to make a view in a header costs every includer a thirtieth of the umbrella.
std::string_view Secret::reveal() const& noexcept {
  return {bytes_, size_};
}

}  // namespace chatopen
