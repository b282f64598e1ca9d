#include "batch_input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace chatopen::program {
namespace {

// Room for pictures in data: URLs.
constexpr std::size_t longest_line = std::size_t{128} * 1024 * 1024;

Error failed(const std::string& path, int number) {
  return {.kind = ErrorKind::io, .message = "cannot read " + path + ": " + std::generic_category().message(number)};
}

}  // namespace

void BatchInput::Closer::operator()(LineReader* reader) const noexcept {
  if (reader->descriptor() != STDIN_FILENO) ::close(reader->descriptor());
  delete reader;
}

Result<BatchInput> BatchInput::open(const std::vector<std::string>& paths) {
  BatchInput input;
  for (const std::string& path : paths) {
    const bool standard = path == "-";
    const int descriptor = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return failed(path, errno);
    input.files_.push_back({standard ? "the standard input" : path, {}});
    input.files_.back().reader.reset(new LineReader(descriptor, longest_line));
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) return failed(path, EISDIR);
  }
  return input;
}

std::optional<BatchInput::Line> BatchInput::next() {
  for (; !ended(); ++current_) {
    File& file = files_[current_];
    if (auto line = file.reader->next()) {
      ++lines_;
      return Line{std::move(line->text), line->cut, lines_, file.path + ", line " + std::to_string(++file.lines)};
    }
    if (!file.reader->ended()) return std::nullopt;
    if (file.reader->failure() != 0) {
      failure_ = failed(file.path, file.reader->failure());
      current_ = files_.size() - 1;
    }
  }
  return std::nullopt;
}

void BatchInput::fill() {
  files_[current_].reader->fill();
}

bool BatchInput::is_typed() const {
  return std::any_of(files_.begin(), files_.end(),
                     [](const File& file) { return ::isatty(file.reader->descriptor()) == 1; });
}

std::optional<std::uint64_t> BatchInput::count_lines() const {
  std::uint64_t lines = 0;
  std::string buffer(std::size_t{256} * 1024, '\0');
  for (const File& file : files_) {
    struct stat status {};
    const int descriptor = file.reader->descriptor();
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    char last = '\n';
    off_t at = std::max<off_t>(::lseek(descriptor, 0, SEEK_CUR), 0);
    for (ssize_t count = 0; (count = ::pread(descriptor, buffer.data(), buffer.size(), at)) > 0; at += count) {
      lines += static_cast<std::uint64_t>(std::count(buffer.begin(), buffer.begin() + count, '\n'));
      last = buffer[static_cast<std::size_t>(count) - 1];
    }
    if (last != '\n') ++lines;
  }
  return lines;
}

}  // namespace chatopen::program
