#include <chatopen/sandbox/sandbox.hpp>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

namespace chatopen {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

Result<ClientOptions> environment_or_sandbox() {
  if (is_set("CHATOPEN_BASE_URL") || is_set("CHATOPEN_CONFIG")) return ClientOptions::from_environment();

  static std::mutex mutex;
  static std::optional<Sandbox> shared;
  const std::lock_guard lock(mutex);
  if (!shared) {
    Result<Sandbox> started = Sandbox::start();
    if (!started) return std::move(started).error();
    shared = std::move(started).value();
    std::fprintf(stderr, "CHATOPEN_BASE_URL is not set: asking the built-in sandbox at %s instead of a model.\n",
                 shared->base_url().c_str());
  }
  return shared->client_options();
}

}  // namespace chatopen
