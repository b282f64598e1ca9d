#include "testing/mock_playback.hpp"

#include <utility>

namespace chatopen::testing {
namespace {

// Failures that strike before the first byte of a request is written.
bool is_before_request(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::resolve:
    case TransportFailure::connect:
    case TransportFailure::tls:
    case TransportFailure::certificate:
    case TransportFailure::proxy:
    case TransportFailure::connect_timeout:
    case TransportFailure::invalid_request:
    case TransportFailure::settings:
    case TransportFailure::resource: return true;
    default: return false;
  }
}

}  // namespace

TransportOutcome mock_failure(TransportFailure failure, std::string message) {
  TransportOutcome outcome;
  outcome.failure = failure;
  outcome.request_bytes_written = !is_before_request(failure);
  outcome.message = std::move(message);
  return outcome;
}

std::size_t MockLog::add(const HttpRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back({.method = request.method,
                       .url = request.url,
                       .headers = request.headers,
                       .body = request.body.text(),
                       .timeouts = request.timeouts});
  return requests_.size() - 1;
}

void MockLog::set_body(std::size_t index, std::string body) {
  const std::lock_guard lock(mutex_);
  requests_[index].body = std::move(body);
}

std::vector<RecordedRequest> MockLog::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void MockPlayback::read_body(BodySource& source) {
  char piece[16 * 1024];
  const Result<std::size_t> count = source.read(piece, sizeof piece);
  if (count && *count != 0) {
    body_.append(piece, *count);
    return;
  }
  log_->set_body(index_, std::move(body_));
  body_read_ = true;
  if (!count) outcome_ = mock_failure(TransportFailure::request_body, count.error().message);
}

SinkAction MockPlayback::play_piece() {
  BodySource* const source = request_.body.source();
  const bool is_sent = !step_.failure || !is_before_request(*step_.failure);
  if (source != nullptr && is_sent && !body_read_) {
    read_body(*source);
    return SinkAction::proceed;
  }
  if (!head_sent_) {
    if (step_.failure) {
      outcome_ = mock_failure(*step_.failure, step_.message);
      return SinkAction::stop;
    }
    if (!step_.has_head) {
      outcome_ = step_.outcome;
      return SinkAction::stop;
    }
    if (step_.stalls_before_head) {
      stall(request_.timeouts.first_byte, TransportFailure::first_byte_timeout);
      return SinkAction::proceed;
    }
    head_sent_ = true;
    return obey(sink_.on_head(step_.reply.status, step_.reply.headers));
  }
  if (!body_sent_) {
    body_sent_ = true;
    return deliver(step_.reply.body);
  }
  if (next_chunk_ < step_.chunks.size()) return deliver(step_.chunks[next_chunk_++]);
  end();
  return SinkAction::proceed;
}

SinkAction MockPlayback::deliver(std::string_view bytes) {
  if (bytes.empty()) return SinkAction::proceed;
  received_ += bytes.size();
  if (received_ > request_.limits.max_reply_bytes) {
    outcome_ = mock_failure(TransportFailure::body_too_large, {});
    return SinkAction::stop;
  }
  return obey(sink_.on_body(bytes));
}

SinkAction MockPlayback::obey(SinkAction action) {
  if (action == SinkAction::stop || action == SinkAction::finish) {
    outcome_ = TransportOutcome{.stopped = true, .request_bytes_written = true};
  }
  return action;
}

void MockPlayback::end() {
  if (step_.outcome) {
    outcome_ = step_.outcome;
    return;
  }
  TransportOutcome outcome;
  outcome.request_bytes_written = true;
  switch (step_.end) {
    case MockStreamEnd::complete: outcome.body_end = BodyEnd::proven; break;
    case MockStreamEnd::connection_closed: outcome.body_end = BodyEnd::connection_closed; break;
    case MockStreamEnd::reset: outcome = mock_failure(TransportFailure::truncated, "scripted reset"); break;
    case MockStreamEnd::stall: return stall(request_.timeouts.idle, TransportFailure::idle_timeout);
  }
  outcome_ = std::move(outcome);
}

// The deadline passes at once: tests do not wait.
void MockPlayback::stall(const std::optional<std::chrono::milliseconds>& deadline, TransportFailure passed) {
  const auto limits = [](const std::optional<std::chrono::milliseconds>& each) { return each && each->count() > 0; };
  const bool by_total = limits(request_.timeouts.total);
  if (limits(deadline) && (!by_total || *deadline <= *request_.timeouts.total)) {
    outcome_ = mock_failure(passed, "scripted stall");
  } else if (by_total) {
    outcome_ = mock_failure(TransportFailure::total_timeout, "scripted stall");
  } else {
    is_stalled_ = true;
  }
}

}  // namespace chatopen::testing
