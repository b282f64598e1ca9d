#include "transport/curl_global.hpp"

#include <curl/curl.h>

#include <mutex>
#include <string>

namespace chatopen::transport {
namespace {

// CURLOPT_QUICK_EXIT came with 7.87, and deadlines do not hold without it.
constexpr unsigned oldest_version = 0x075700;

std::string find_fault() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return "libcurl could not be initialised";
  const curl_version_info_data* const info = curl_version_info(CURLVERSION_NOW);
  if (info->version_num < oldest_version)
    return std::string("libcurl 7.87 or newer is required, found ") + info->version;
  if ((info->features & CURL_VERSION_SSL) == 0) return "libcurl was built without TLS";
  if ((info->features & CURL_VERSION_ASYNCHDNS) == 0) return "libcurl was built without an asynchronous resolver";
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

}  // namespace chatopen::transport
