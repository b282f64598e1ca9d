#include "testing/request_body.hpp"

namespace chatopen::testing {

Result<std::string> read_whole(const Body& body) {
  BodySource* const source = body.source();
  if (source == nullptr) return body.text();
  std::string text;
  char piece[4096];
  for (;;) {
    const Result<std::size_t> count = source->read(piece, sizeof piece);
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(piece, *count);
  }
}

Result<std::size_t> CopyingSource::read(char* into, std::size_t capacity) {
  Result<std::size_t> count = body_.source()->read(into, capacity);
  if (count) copy_.append(into, *count);
  return count;
}

bool CopyingSource::rewind() noexcept {
  if (!body_.source()->rewind()) return false;
  copy_.clear();
  return true;
}

}  // namespace chatopen::testing
