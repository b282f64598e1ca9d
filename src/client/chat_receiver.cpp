#include "client/chat_receiver.hpp"

#include "base/ascii.hpp"
#include "client/whole_body.hpp"
#include "codec/decode.hpp"
#include "stream/reply_builder.hpp"

#include <utility>

namespace chatopen::client {
namespace {

using transport::RetryClass;

bool is_event_stream(std::string_view content_type) {
  const std::string_view media_type = base::trim(content_type.substr(0, content_type.find(';')));
  return base::equal_ignoring_case(media_type, "text/event-stream");
}

Error event_too_large() {
  return {.kind = ErrorKind::too_large, .message = "an event of the stream exceeds Limits::max_event_bytes"};
}

Error empty_stream() {
  return {.kind = ErrorKind::protocol, .message = "the stream ended before its first event"};
}

}  // namespace

void ChatReceiver::restart() {
  Receiver::restart();
  stream_.reset();
  error_.reset();
  deltas_ = 0;
  has_events_ = refused_late_ = done_ = stopped_ = false;
}

void ChatReceiver::begin_body() {
  if (!is_event_stream(header("content-type"))) return;
  stream_.emplace(
      Stream{.parser = SseParser(limits().max_event_bytes), .decoder = codec::ChunkDecoder(redactor()), .builder = {}});
}

SinkAction ChatReceiver::add_body(std::string_view bytes) {
  if (!stream_) return Receiver::add_body(bytes);
  const bool within_cap = stream_->parser.feed(bytes, [this](const SseEvent& event) { on_event(event.data); });
  if (!within_cap && !error_) error_ = std::make_unique<Error>(event_too_large());
  if (stopped_ || (error_ && !done_)) return SinkAction::stop;
  if (done_) return SinkAction::finish;
  return backpressure_ != nullptr ? backpressure_->after_chunk() : SinkAction::proceed;
}

void ChatReceiver::on_event(std::string_view data) {
  // The rest of a chunk behind the end.
  if (done_ || stopped_ || error_) return;
  const bool is_first = !std::exchange(has_events_, true);
  auto on_delta = [this](const ChatDelta& delta) { return deliver(delta); };
  Error error;
  switch (stream_->decoder.decode(data, status(), detail::DeltaCallback(on_delta), error)) {
    case codec::ChunkDecoder::Step::more: break;
    case codec::ChunkDecoder::Step::done: on_done(); break;
    case codec::ChunkDecoder::Step::stopped: stopped_ = true; break;
    case codec::ChunkDecoder::Step::failed:
      error_ = std::make_unique<Error>(std::move(error));
      refused_late_ = !is_first;
      break;
  }
}

void ChatReceiver::on_done() {
  auto on_delta = [this](const ChatDelta& delta) { return deliver(delta); };
  stopped_ = !stream_->decoder.finish(detail::DeltaCallback(on_delta));
  done_ = true;
}

bool ChatReceiver::deliver(const ChatDelta& delta) {
  if (deltas_++ == 0) observation().first_delta();
  if (stream_) stream_->builder.add(delta);
  if (on_delta_ == nullptr) return true;
  delivered_ = true;
  try {
    return (*on_delta_)(delta);
  } catch (...) {
    keep_exception();
    return false;
  }
}

bool ChatReceiver::shows_its_end() const noexcept {
  return stream_ && !error_ && stream_->decoder.saw_finish_reason();
}

std::optional<FailedAttempt> ChatReceiver::finish(const TransportOutcome& outcome) {
  return stream_ ? finish_stream(outcome) : finish_whole(outcome);
}

std::optional<FailedAttempt> ChatReceiver::finish_stream(const TransportOutcome& outcome) {
  if (error_ && !done_) {
    FailedAttempt failed = refused_by_body(std::move(*error_));
    // Behind other events it refuses no request: the service had begun the work.
    if (refused_late_) {
      failed.error.maybe_processed = true;
      if (failed.retry_class == RetryClass::refused) failed.retry_class = RetryClass::ambiguous;
    }
    return failed;
  }
  if (!done_ && !stopped_) {
    const bool proven = outcome.body_end == BodyEnd::proven;
    bool unfinished = false;
    if (proven) {
      // Some servers leave out the empty line behind their last event. It counts when it is the mark of the end.
      stream_->parser.feed("\n\n", [&](const SseEvent& event) {
        done_ = codec::ChunkDecoder::is_done(event.data);
        unfinished = !done_;
      });
    }
    unfinished = stream_->parser.finish() || unfinished;
    const bool whole = done_ || stream_->decoder.saw_finish_reason() || (proven && !unfinished);
    if (!whole) return cut("the stream ended without [DONE] or a finish reason");
    if (!has_events_ && !done_) return refused_by_body(empty_stream());
    on_done();
  }
  fields_ = {};
  stream_->builder.finish(fields_);
  fields_.model = stream_->decoder.model();
  fields_.request_id = redacted_id(
      stream_->decoder.request_id().empty() ? request_id_of(*this) : stream_->decoder.request_id(), redactor());
  return std::nullopt;
}

std::optional<FailedAttempt> ChatReceiver::finish_whole(const TransportOutcome& outcome) {
  if (outcome.body_end == BodyEnd::none) return cut("the transport saw no end of the body");
  const bool proven = outcome.body_end == BodyEnd::proven;
  Result<ChatReply::Fields> decoded = codec::decode_chat(status(), std::move(body()), redactor());
  if (!decoded) return refused_by_whole_body(std::move(decoded).error(), outcome, body());
  if (!proven && !begins_object_or_array(decoded->raw)) {
    return cut("the connection closed, and nothing shows that the reply is whole");
  }
  if (decoded->request_id.empty()) decoded->request_id = request_id_of(*this);
  decoded->request_id = redacted_id(decoded->request_id, redactor());
  fields_ = *std::move(decoded);
  if (on_delta_ != nullptr) {
    auto on_delta = [this](const ChatDelta& delta) { return deliver(delta); };
    // Stopped or not, there is nothing left to stop.
    static_cast<void>(stream::emit_whole(fields_, detail::DeltaCallback(on_delta)));
  }
  return std::nullopt;
}

void ChatReceiver::describe(CallCompleted& event) const {
  event.deltas = deltas_;
  event.response_model = fields_.model;
  event.request_id = fields_.request_id;
  event.finish_reason = fields_.finish_reason;
  event.usage = fields_.usage;
}

ChatReply ChatReceiver::take(int attempts) {
  fields_.attempts = attempts;
  return ChatReply(std::move(fields_));
}

}  // namespace chatopen::client
