#include "transport/curl_global.hpp"

#include <curl/curl.h>

#include <atomic>
#include <mutex>
#include <string>

#if __has_include(<unistd.h>)
#include <pthread.h>
#define CHATOPEN_HAS_FORK 1
#else
#define CHATOPEN_HAS_FORK 0
#endif

namespace chatopen::transport {
namespace {

// CURLOPT_QUICK_EXIT came with 7.87, and deadlines do not hold without it.
constexpr unsigned oldest_version = 0x075700;

std::atomic<unsigned> generation{0};

std::string find_fault() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return "libcurl could not be initialised";
  const curl_version_info_data* const info = curl_version_info(CURLVERSION_NOW);
  if (info->version_num < oldest_version)
    return std::string("libcurl 7.87 or newer is required, found ") + info->version;
  if ((info->features & CURL_VERSION_SSL) == 0) return "libcurl was built without TLS";
  if ((info->features & CURL_VERSION_ASYNCHDNS) == 0) return "libcurl was built without an asynchronous resolver";
#if CHATOPEN_HAS_FORK
  const auto count_fork = []() { generation.fetch_add(1, std::memory_order_relaxed); };
  if (pthread_atfork(nullptr, nullptr, count_fork) != 0) return "the system refused to watch for forks";
#endif
  return {};
}

}  // namespace

Result<void> initialise_curl() {
  static std::once_flag once;
  // Never destroyed: transports may outlive every other static object.
  static const std::string* fault = nullptr;
  std::call_once(once, [] { fault = new std::string(find_fault()); });
  if (fault->empty()) return {};
  return Error{.kind = ErrorKind::configuration, .message = *fault};
}

unsigned process_generation() noexcept {
  return generation.load(std::memory_order_relaxed);
}

}  // namespace chatopen::transport
