#include "stream/long_text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace chatopen::stream {
namespace {

constexpr std::size_t smallest_block = 496;
constexpr std::size_t largest_block = std::size_t{1024} * 1024;

}  // namespace

void LongText::append(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t size = block_.size();
    if (size == block_.capacity() || block_.empty()) {
      if (!block_.empty()) full_blocks_.push_back(std::exchange(block_, {}));
      block_.reserve(std::clamp(size + size / 4, smallest_block, largest_block));
    }
    const std::size_t fits = std::min(piece.size(), block_.capacity() - block_.size());
    block_.append(piece.substr(0, fits));
    piece.remove_prefix(fits);
  }
}

std::string LongText::take() {
  std::vector<std::string> blocks = std::exchange(full_blocks_, {});
  std::string last = std::exchange(block_, {});
  if (blocks.empty()) return last;
  std::size_t size = last.size();
  for (const std::string& block : blocks) size += block.size();
  std::string text;
  text.reserve(size);
  // Each is freed as soon as it is copied, so that the text is never there twice.
  for (std::string& block : blocks) text += std::exchange(block, {});
  text += last;
  return text;
}

}  // namespace chatopen::stream
