#include "client/upload_body.hpp"

#include "base/refusal.hpp"
#include "client/failed_attempt.hpp"
#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

std::size_t copy_rest(std::string_view text, std::size_t& sent, char* into, std::size_t capacity) {
  const std::string_view piece = text.substr(sent, capacity);
  std::copy(piece.begin(), piece.end(), into);
  sent += piece.size();
  return piece.size();
}

Error wrong_size(std::string_view how, std::uint64_t announced) {
  return base::refusal(ErrorKind::io, {"the upload's source ", how, " than the ", std::to_string(announced),
                                       " bytes that it announced"});
}

}  // namespace

Error UploadBody::failed(Error error) {
  prepared_.body_fault = std::make_unique<Error>(error);
  return error;
}

Result<std::size_t> UploadBody::read(char* into, std::size_t capacity) {
  std::size_t count = copy_rest(frame_.before, before_sent_, into, capacity);
  if (count < capacity && content_sent_ < content_size_) {
    Result<std::size_t> content = read_content(into + count, capacity - count);
    if (!content) return content;
    count += *content;
  }
  if (content_sent_ == content_size_) count += copy_rest(frame_.after, after_sent_, into + count, capacity - count);
  return count;
}

Result<std::size_t> UploadBody::read_content(char* into, std::size_t capacity) {
  content_touched_ = true;
  const std::uint64_t left = content_size_ - content_sent_;
  capacity = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left));
  try {
    Result<std::size_t> count = content_->read(into, capacity);
    if (!count) return failed(std::move(count).error());
    if (*count == 0) return failed(wrong_size("has less", content_size_));
    if (*count > capacity) return failed(wrong_size("gave more", content_size_));
    content_sent_ += *count;
    if (on_progress_ != nullptr && !(*on_progress_)(content_sent_, content_size_)) {
      return failed(cancelled_by_caller());
    }
    return count;
  } catch (...) {
    receiver_->keep_exception();
    return failed(cancelled_by_caller());
  }
}

bool UploadBody::rewind() noexcept {
  if (content_touched_ && !content_->rewind()) {
    refused_rewind_ = true;
    return false;
  }
  before_sent_ = 0;
  content_sent_ = 0;
  after_sent_ = 0;
  content_touched_ = false;
  return true;
}

}  // namespace chatopen::client
