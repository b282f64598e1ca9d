#include "image_files.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace chatopen::program {

Result<ImageFiles> ImageFiles::from(const std::string& pattern, std::size_t count) {
  namespace fs = std::filesystem;
  ImageFiles files;
  files.count_ = count;
  const std::size_t place = pattern.find("{n}");
  if (place != std::string::npos) {
    files.numbered_ = true;
    files.before_ = pattern.substr(0, place);
    files.after_ = pattern.substr(place + 3);
    return files;
  }
  const fs::path path(pattern);
  if (!path.has_filename()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "not the name of a file: " + pattern,
                 .detail = "such as cat.png, or pictures/cat-{n}.png"};
  }
  files.numbered_ = count > 1;
  files.after_ = path.extension().string();
  files.before_ = pattern.substr(0, pattern.size() - files.after_.size()) + (files.numbered_ ? "-" : "");
  return files;
}

std::string ImageFiles::name(std::size_t number, std::size_t part) const {
  std::string middle = numbered_ ? std::to_string(number) : std::string();
  if (part > 1) middle.append("-").append(std::to_string(part));
  return before_ + middle + after_;
}

Result<void> ImageFiles::check(bool overwrite) const {
  namespace fs = std::filesystem;
  for (std::size_t number = 1; number <= count_; ++number) {
    const fs::path path = name(number, 0);
    std::error_code failure;
    if (fs::exists(path, failure) && (!overwrite || fs::is_directory(path, failure))) {
      return Error{.kind = ErrorKind::io,
                   .message = path.string() + " is there already",
                   .detail = "choose another name with --output, or --overwrite"};
    }
    const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (::access(directory.c_str(), W_OK | X_OK) != 0) {
      return Error{
          .kind = ErrorKind::io,
          .message = "cannot write into " + directory.string() + ": " + std::generic_category().message(errno)};
    }
  }
  return {};
}

}  // namespace chatopen::program
