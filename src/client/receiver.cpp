#include "client/receiver.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace chatopen::client {

void Receiver::restart() {
  status_ = 0;
  bytes_ = 0;
  headers_.clear();
  body_.clear();
}

SinkAction Receiver::on_head(int status, const std::vector<HttpHeader>& headers) {
  status_ = status;
  headers_ = headers;
  observation().head(status, headers, redactor());
  if (is_success()) begin_body();
  return SinkAction::proceed;
}

SinkAction Receiver::on_body(std::string_view bytes) {
  bytes_ += bytes.size();
  if (is_success()) return add_body(bytes);
  const std::size_t most = limits().max_error_body_bytes;
  const std::size_t room = most - std::min(body_.size(), most);
  body_ += bytes.substr(0, room);
  return bytes.size() > room ? SinkAction::stop : SinkAction::proceed;
}

SinkAction Receiver::add_body(std::string_view bytes) {
  if (body_.empty()) {
    // One allocation, with room for the parser's padding; a server that merely announces much does not get it.
    constexpr std::uint64_t most = std::uint64_t{1024} * 1024;
    constexpr std::size_t padding = 64;
    const auto announced = static_cast<std::uint64_t>(base::parse_digits(header("content-length")).value_or(0));
    body_.reserve(std::min(announced, most) + padding);
  }
  body_ += bytes;
  return SinkAction::proceed;
}

std::string_view Receiver::header(std::string_view name) const noexcept {
  for (const HttpHeader& each : headers_) {
    if (base::equal_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

}  // namespace chatopen::client
