#include "standard_input.hpp"

#include "interruption.hpp"
#include "line_reader.hpp"

#include <chatopen/content.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace chatopen::program {
namespace {

Error cannot_read() {
  return {.kind = ErrorKind::io,
          .message = "cannot read the standard input: " + std::generic_category().message(errno)};
}

}  // namespace

Result<std::string> read_standard_input(std::size_t most, const Interruption& interruption) {
  std::string all;
  char piece[std::size_t{64} * 1024];
  for (;;) {
    if (!first_is_readable(STDIN_FILENO, interruption.descriptor())) {
      return Error{.kind = ErrorKind::cancelled, .message = "interrupted"};
    }
    const ssize_t count = ::read(STDIN_FILENO, piece, sizeof(piece));
    if (count == 0) return all;
    if (count > 0) {
      all.append(piece, static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      return cannot_read();
    }
    if (all.size() > most) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "the standard input is longer than " + std::to_string(most >> 20) + " MiB"};
    }
  }
}

std::shared_ptr<OpenFile> OpenFile::of(int descriptor) {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  const off_t begin = ::lseek(descriptor, 0, SEEK_CUR);
  if (begin < 0 || begin >= status.st_size) return nullptr;
  return std::shared_ptr<OpenFile>(new OpenFile(descriptor, begin, static_cast<std::uint64_t>(status.st_size - begin)));
}

std::string OpenFile::media_type() const {
  std::string first_bytes(12, '\0');
  const ssize_t count = ::pread(descriptor_, first_bytes.data(), first_bytes.size(), begin_);
  first_bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  const Result<ImagePart> picture = image_bytes(std::move(first_bytes));
  return picture ? picture->media_type() : std::string();
}

Result<std::size_t> OpenFile::read(char* into, std::size_t capacity) {
  capacity = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left_));
  ssize_t count = 0;
  do {
    count = ::read(descriptor_, into, capacity);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return cannot_read();
  left_ -= static_cast<std::uint64_t>(count);
  return static_cast<std::size_t>(count);
}

bool OpenFile::rewind() noexcept {
  left_ = size_;
  return ::lseek(descriptor_, begin_, SEEK_SET) == begin_;
}

}  // namespace chatopen::program
