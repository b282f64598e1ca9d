#include "base/file.hpp"

#include <cerrno>
#include <system_error>

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#include <filesystem>
#endif

namespace chatopen::base {
namespace {

Error cannot(const char* verb, const std::string& path, const std::error_code& cause) {
  return {
      .kind = ErrorKind::io, .message = std::string("cannot ") + verb + " '" + path + "'", .detail = cause.message()};
}

Error cannot(const char* verb, const std::string& path) {
  return cannot(verb, path, std::error_code(errno, std::generic_category()));
}

#if __has_include(<unistd.h>)
FileState state_of(const struct stat& status) {
#ifdef __APPLE__
  const timespec& modified = status.st_mtimespec;
#else
  const timespec& modified = status.st_mtim;
#endif
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return {.size = static_cast<std::uint64_t>(status.st_size),
          .modified = modified.tv_sec * nanoseconds + modified.tv_nsec,
          .device = static_cast<std::uint64_t>(status.st_dev),
          .number = static_cast<std::uint64_t>(status.st_ino)};
}
#endif

Error not_regular(const std::string& path) {
  return {.kind = ErrorKind::invalid_argument, .message = "'" + path + "' is not a regular file"};
}

}  // namespace

void RegularFile::Closer::operator()(std::FILE* file) const noexcept {
  static_cast<void>(std::fclose(file));
}

Result<RegularFile> RegularFile::open(const std::string& path) {
  if (path.find('\0') != std::string::npos) {
    return cannot("open", path, std::make_error_code(std::errc::no_such_file_or_directory));
  }
  RegularFile file;
  file.path_ = path;
#if __has_include(<unistd.h>)
  // O_NONBLOCK, because opening a FIFO waits for its writer otherwise; regular files ignore it.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) {
    if (errno == ENXIO) return not_regular(path);  // a socket, or a device without a driver
    return cannot("open", path);
  }
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return not_regular(path);
  }
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  file.readable_by_others_ = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  file.file_.reset(::fdopen(descriptor, "rb"));
  if (file.file_ == nullptr) {
    Error error = cannot("open", path);
    ::close(descriptor);
    return error;
  }
#else
  std::error_code cause;
  const std::filesystem::path native(path);
  const std::filesystem::file_status status = std::filesystem::status(native, cause);
  if (status.type() == std::filesystem::file_type::not_found) return cannot("open", path, cause);
  if (!std::filesystem::is_regular_file(status)) return not_regular(path);
  file.size_ = std::filesystem::file_size(native, cause);
  if (cause) return cannot("open", path, cause);
  file.file_.reset(std::fopen(path.c_str(), "rb"));
  if (file.file_ == nullptr) return cannot("open", path);
#endif
  return file;
}

Result<std::size_t> RegularFile::read(char* into, std::size_t capacity) {
  const std::size_t count = std::fread(into, 1, capacity, file_.get());
  if (count < capacity && std::ferror(file_.get()) != 0) return cannot("read", path_);
  return count;
}

bool RegularFile::rewind() noexcept {
  return std::fseek(file_.get(), 0, SEEK_SET) == 0;
}

#if __has_include(<unistd.h>)

std::optional<FileState> RegularFile::state() const {
  struct stat status = {};
  if (::fstat(::fileno(file_.get()), &status) != 0) return std::nullopt;
  return state_of(status);
}

std::optional<FileState> RegularFile::state_by_path() const {
  struct stat status = {};
  if (::stat(path_.c_str(), &status) != 0) return std::nullopt;
  return state_of(status);
}

#else

std::optional<FileState> RegularFile::state() const {
  return state_by_path();
}

std::optional<FileState> RegularFile::state_by_path() const {
  std::error_code cause;
  const std::filesystem::path native(path_);
  FileState state;
  state.size = std::filesystem::file_size(native, cause);
  if (cause) return std::nullopt;
  state.modified =
      static_cast<std::int64_t>(std::filesystem::last_write_time(native, cause).time_since_epoch().count());
  if (cause) return std::nullopt;
  return state;
}

#endif

}  // namespace chatopen::base
