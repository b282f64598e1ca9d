#include "client/reply_collector.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace chatopen::client {

SinkAction ReplyCollector::on_head(int status, const std::vector<HttpHeader>& headers) {
  status_ = status;
  headers_ = headers;
  body_.clear();
  // One allocation, with room for the parser's padding; a server that merely announces much does not get it.
  constexpr std::size_t most = std::size_t{1024} * 1024;
  constexpr std::size_t padding = 64;
  const std::string_view length = header("content-length");
  std::size_t announced = 0;
  std::from_chars(length.data(), length.data() + length.size(), announced);
  body_.reserve(std::min(announced, most) + padding);
  return SinkAction::proceed;
}

SinkAction ReplyCollector::on_body(std::string_view bytes) {
  if (is_success()) {
    body_ += bytes;
    return SinkAction::proceed;
  }
  const std::size_t room = limits_.max_error_body_bytes - std::min(body_.size(), limits_.max_error_body_bytes);
  body_ += bytes.substr(0, room);
  return bytes.size() > room ? SinkAction::stop : SinkAction::proceed;
}

std::string_view ReplyCollector::header(std::string_view name) const noexcept {
  for (const HttpHeader& each : headers_) {
    if (base::equal_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

}  // namespace chatopen::client
