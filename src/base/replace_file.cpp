#include "base/replace_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#else
#include <filesystem>
#endif

namespace chatopen::base {
namespace {

Error cannot_write(const std::string& path, const std::error_code& cause) {
  return {.kind = ErrorKind::io, .message = "cannot write '" + path + "'", .detail = cause.message()};
}

Error cannot_write(const std::string& path) {
  return cannot_write(path, std::error_code(errno, std::generic_category()));
}

#if __has_include(<unistd.h>)
// A file that is removed unless it got its name.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : name_(path + ".XXXXXX"), descriptor_(::mkostemp(name_.data(), O_CLOEXEC)) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (exists_) ::unlink(name_.c_str());
  }

  bool write(std::string_view content) {
    exists_ = descriptor_ >= 0;
    if (!exists_) return false;
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    // A crash of the system must not leave the name with a file whose content was never written.
    if (::fsync(descriptor_) != 0) return false;
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    return closed == 0;
  }

  bool rename_to(const std::string& path) {
    if (std::rename(name_.c_str(), path.c_str()) != 0) return false;
    exists_ = false;
    return true;
  }

 private:
  std::string name_;
  int descriptor_;
  bool exists_ = false;
};
#else
class NewFile {
 public:
  explicit NewFile(const std::string& path) : name_(path + ".new") {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (exists_) std::remove(name_.c_str());
  }

  bool write(std::string_view content) {
    std::FILE* const file = std::fopen(name_.c_str(), "wb");
    if (file == nullptr) return false;
    exists_ = true;
    const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
    return std::fclose(file) == 0 && written;
  }

  bool rename_to(const std::string& path) {
    std::error_code cause;
    std::filesystem::rename(name_, path, cause);
    if (cause) {
      errno = cause.default_error_condition().value();
      return false;
    }
    exists_ = false;
    return true;
  }

 private:
  std::string name_;
  bool exists_ = false;
};
#endif

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view content) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return cannot_write(path, std::make_error_code(std::errc::no_such_file_or_directory));
  }
  NewFile file(path);
  if (!file.write(content) || !file.rename_to(path)) return cannot_write(path);
  return {};
}

}  // namespace chatopen::base
