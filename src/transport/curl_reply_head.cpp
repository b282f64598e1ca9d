#include "transport/curl_reply_head.hpp"

#include "base/ascii.hpp"

#include <cstdint>

namespace chatopen::transport {
namespace {

using base::equal_ignoring_case;
using base::is_space;
using base::parse_digits;
using base::trim;

// More than any honest server sends before its answer.
constexpr int max_interim_heads = 16;
// Most replies have fewer; more than this only costs a reallocation.
constexpr std::size_t expected_headers = 12;

std::string_view without_line_end(std::string_view line) noexcept {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

ReplyHead::Step ReplyHead::add_line(std::string_view line) {
  bytes_ += line.size();
  ++lines_;
  line = without_line_end(line);
  // The status line and the empty line at the end are not header lines.
  if (bytes_ > limits_.max_header_bytes) return Step::too_large;
  if (complete_) return lines_ - 2 > limits_.max_header_lines ? Step::too_large : Step::more;
  if (!in_head_) {
    in_head_ = true;
    return parse_status_line(line) ? Step::more : Step::malformed;
  }
  if (line.empty()) return end_head();
  if (lines_ - 1 > limits_.max_header_lines) return Step::too_large;
  return parse_header(line) ? Step::more : Step::malformed;
}

bool ReplyHead::proves_body_end() const noexcept {
  if (status_ == 204 || status_ == 304) return true;
  return !compressed_ && (chunked_ || content_length_ || is_multiplexed_);
}

// `HTTP/1.1 200 OK` or `HTTP/2 200`.
bool ReplyHead::parse_status_line(std::string_view line) noexcept {
  constexpr std::string_view protocol = "HTTP/";
  if (line.substr(0, protocol.size()) != protocol) return false;
  line.remove_prefix(protocol.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  std::string_view version = line.substr(0, space);
  version = version.substr(0, version.find('.'));
  const std::string_view rest = line.substr(space + 1);
  if (rest.size() > 3 && rest[3] != ' ') return false;
  // Of three digits, or too small.
  status_ = static_cast<int>(parse_digits(rest.substr(0, 3)).value_or(0));
  const std::optional<std::int64_t> major = parse_digits(version);
  is_multiplexed_ = major && *major >= 2;
  return major && status_ >= 100;
}

bool ReplyHead::parse_header(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return false;
  if (is_space(line.front())) {
    // A folded line continues the one before it.
    if (headers_.empty()) return false;
    headers_.back().value.append(1, ' ').append(trim(line));
    return note_framing(headers_.back());
  }
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos || is_space(line[colon - 1])) return false;
  if (headers_.empty()) headers_.reserve(expected_headers);
  const HttpHeader& header =
      headers_.emplace_back(HttpHeader{std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  return note_framing(header);
}

// Contradictions about where the body ends are how replies are smuggled (RFC 9112, 6.3).
bool ReplyHead::note_framing(const HttpHeader& header) noexcept {
  if (equal_ignoring_case(header.name, "content-length")) {
    const std::optional<std::int64_t> length = parse_digits(header.value);
    if (!length || (content_length_ && *content_length_ != *length)) return false;
    content_length_ = length;
  } else if (equal_ignoring_case(header.name, "transfer-encoding")) {
    transfer_encoding_ = true;
    const std::string_view value = header.value;
    const std::string_view last = trim(value.substr(value.rfind(',') + 1));
    chunked_ = equal_ignoring_case(last, "chunked");
  } else if (equal_ignoring_case(header.name, "content-encoding")) {
    compressed_ |= !equal_ignoring_case(header.value, "identity");
  }
  return true;
}

ReplyHead::Step ReplyHead::end_head() noexcept {
  if (status_ >= 200) {
    if (content_length_ && transfer_encoding_) return Step::malformed;
    complete_ = true;
    return Step::complete;
  }
  // Nobody asked to switch protocols.
  if (status_ == 101 || ++interim_heads_ > max_interim_heads) return Step::malformed;
  headers_.clear();
  content_length_.reset();
  transfer_encoding_ = chunked_ = compressed_ = in_head_ = false;
  bytes_ = lines_ = 0;
  return Step::more;
}

}  // namespace chatopen::transport
