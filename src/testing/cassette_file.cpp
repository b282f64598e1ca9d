#include "base/new_file.hpp"
#include "testing/cassette.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace chatopen::testing {
namespace {

Error cannot_read(const std::string& path, const std::error_code& cause) {
  return {.kind = ErrorKind::io, .message = "cannot read the cassette '" + path + "'", .detail = cause.message()};
}

std::error_code last_error() {
  return {errno != 0 ? errno : EIO, std::generic_category()};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code cause;
  if (std::filesystem::is_directory(path, cause)) {
    return cannot_read(path, std::make_error_code(std::errc::is_a_directory));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot_read(path, last_error());
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return cannot_read(path, last_error());
  return text;
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  const Result<void> replaced = base::replace_file(path, text, base::Readers::usual);
  if (replaced) return {};
  const Error& why = replaced.error();
  return Error{.kind = ErrorKind::io,
               .message = "cannot write the cassette '" + path + "'",
               .detail = why.detail.empty() ? why.message : why.message + ": " + why.detail};
}

}  // namespace chatopen::testing
