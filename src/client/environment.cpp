#include "base/file.hpp"
#include "codec/configuration.hpp"

#include <chatopen/options.hpp>

#include <cstdlib>
#include <string>
#include <utility>

namespace chatopen {
namespace {

constexpr std::size_t max_configuration_bytes = std::size_t{1024} * 1024;

// An empty variable counts as unset: shells have no simple way to tell the two apart.
std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Error bad_configuration(std::string message, std::string detail) {
  return {.kind = ErrorKind::configuration, .message = std::move(message), .detail = std::move(detail)};
}

Result<std::string> read_all(base::RegularFile& file, const std::string& path) {
  if (file.size() > max_configuration_bytes) {
    return bad_configuration("the configuration file is larger than 1 MiB: " + path, "is it the right file?");
  }
  std::string text(max_configuration_bytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const Result<std::size_t> count = file.read(text.data() + size, text.size() - size);
    if (!count) return count.error();
    if (*count == 0) break;
    size += *count;
  }
  text.resize(size);
  return text;
}

}  // namespace

Result<ClientOptions> ClientOptions::from_file(const std::string& path, const std::string& profile) {
  Result<base::RegularFile> file = base::RegularFile::open(path);
  if (!file) {
    Error error = std::move(file).error();
    if (error.kind == ErrorKind::invalid_argument) error.kind = ErrorKind::configuration;
    return error;
  }
  const Result<std::string> text = read_all(*file, path);
  if (!text) return text.error();
  Result<codec::Configuration> decoded = codec::decode_configuration(*text, profile);
  if (!decoded) {
    Error error = std::move(decoded).error();
    error.message = path + ": " + error.message;
    return error;
  }
  if (decoded->holds_credentials && file->readable_by_others()) {
    return bad_configuration("the configuration file holds credentials, but group or others may read it: " + path,
                             "make it private: chmod 600 " + path);
  }
  return std::move(decoded->options);
}

Result<ClientOptions> ClientOptions::from_environment() {
  ClientOptions options;
  const std::string path = variable("CHATOPEN_CONFIG");
  if (!path.empty()) {
    Result<ClientOptions> from_file = ClientOptions::from_file(path, variable("CHATOPEN_PROFILE"));
    if (!from_file) {
      Error error = std::move(from_file).error();
      error.message.insert(0, "CHATOPEN_CONFIG: ");
      return error;
    }
    options = *std::move(from_file);
  }
  if (std::string value = variable("CHATOPEN_BASE_URL"); !value.empty()) options.base_url = std::move(value);
  if (const std::string value = variable("CHATOPEN_ACCESS_KEY_ID"); !value.empty()) {
    options.credentials.access_key_id = value;
  }
  if (const std::string value = variable("CHATOPEN_ACCESS_KEY_SECRET"); !value.empty()) {
    options.credentials.access_key_secret = value;
  }

  std::string missing;
  const auto require = [&missing](bool there, const char* name) {
    if (!there) missing.append(missing.empty() ? "" : ", ").append(name);
  };
  require(!options.base_url.empty(), "CHATOPEN_BASE_URL");
  require(!options.credentials.access_key_id.empty(), "CHATOPEN_ACCESS_KEY_ID");
  require(!options.credentials.access_key_secret.empty(), "CHATOPEN_ACCESS_KEY_SECRET");
  if (missing.empty()) return options;
  return bad_configuration("not set: " + missing, path.empty()
                                                      ? "set them, or name a configuration file in CHATOPEN_CONFIG"
                                                      : "the chosen profile of " + path +
                                                            " does not have them either; CHATOPEN_PROFILE chooses one");
}

}  // namespace chatopen
