#include <chatopen/testing/recorded_request.hpp>
#include <chatopen/transport.hpp>

#include "base/ascii.hpp"

#include <ostream>

namespace chatopen::testing {

std::string RecordedRequest::header(std::string_view name) const {
  for (const HttpHeader& each : headers) {
    if (base::equal_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

std::ostream& operator<<(std::ostream& stream, const RecordedRequest& request) {
  // The transport's own printing knows what may be shown.
  return stream << HttpRequest{.method = request.method, .url = request.url, .headers = request.headers};
}

}  // namespace chatopen::testing
