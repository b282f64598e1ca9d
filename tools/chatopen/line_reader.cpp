#include "line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace chatopen::program {

std::optional<LineReader::Line> LineReader::next() {
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    const bool whole = end != std::string::npos;
    const std::size_t stop = whole ? end : buffer_.size();
    const bool too_long = stop - begin_ > longest_;
    if (!whole && !too_long && !(ended_ && (stop > begin_ || cutting_))) {
      searched_ = stop;
      return std::nullopt;
    }
    Line line{buffer_.substr(begin_, too_long ? longest_ : stop - begin_), too_long};
    if (whole && !too_long && !line.text.empty() && line.text.back() == '\r') line.text.pop_back();
    const bool rest_of_cut = cutting_;
    // Of a line that is too long, the beginning is handed out at once, and the rest dropped as it comes.
    cutting_ = !whole && (too_long || cutting_) && !ended_;
    begin_ = searched_ = whole ? end + 1 : stop;
    if (!rest_of_cut) return line;
  }
}

void LineReader::fill() {
  constexpr std::size_t piece = std::size_t{64} * 1024;
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + piece);
  ssize_t count = -1;
  do {
    count = ::read(descriptor_, buffer_.data() + size, piece);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno != EAGAIN) failure_ = errno;
  ended_ = count == 0 || failure_ != 0;
  buffer_.resize(size + (count > 0 ? static_cast<std::size_t>(count) : 0));
}

bool first_is_readable(int first, int second) {
  pollfd both[] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  while (::poll(both, 2, -1) < 0 && errno == EINTR) {
  }
  return both[1].revents == 0;
}

}  // namespace chatopen::program
