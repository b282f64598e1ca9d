#include "testing/cassette.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <system_error>

namespace chatopen::testing {
namespace {

Error cannot(const char* verb, const std::string& path, const std::error_code& cause) {
  return {.kind = ErrorKind::io,
          .message = std::string("cannot ") + verb + " the cassette '" + path + "'",
          .detail = cause.message()};
}

std::error_code last_error() {
  return {errno != 0 ? errno : EIO, std::generic_category()};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code cause;
  if (std::filesystem::is_directory(path, cause)) {
    return cannot("read", path, std::make_error_code(std::errc::is_a_directory));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot("read", path, last_error());
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return cannot("read", path, last_error());
  return text;
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string temporary = path + "." + std::to_string(std::random_device()()) + ".part";
  errno = 0;
  {
    std::ofstream file(temporary, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) {
      const std::error_code cause = last_error();
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
      return cannot("write", path, cause);
    }
  }
  std::error_code cause;
  std::filesystem::rename(temporary, path, cause);
  if (!cause) return {};
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return cannot("write", path, cause);
}

}  // namespace chatopen::testing
