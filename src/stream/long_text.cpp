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
    if (blocks_.empty() || blocks_.back().size() == blocks_.back().capacity()) {
      const std::size_t before = blocks_.empty() ? 0 : blocks_.back().size();
      const std::size_t size = std::clamp(before + before / 4, smallest_block, largest_block);
      blocks_.emplace_back().reserve(size);
    }
    std::string& block = blocks_.back();
    const std::size_t fits = std::min(piece.size(), block.capacity() - block.size());
    block.append(piece.substr(0, fits));
    piece.remove_prefix(fits);
  }
}

std::string LongText::take() {
  std::vector<std::string> blocks = std::move(blocks_);
  blocks_.clear();
  if (blocks.empty()) return {};
  if (blocks.size() == 1) return std::move(blocks.front());
  std::size_t size = 0;
  for (const std::string& block : blocks) size += block.size();
  std::string text;
  text.reserve(size);
  // Each is freed as soon as it is copied, so that the text is never there twice.
  for (std::string& block : blocks) text += std::exchange(block, {});
  return text;
}

}  // namespace chatopen::stream
