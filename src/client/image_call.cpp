#include "client/image_call.hpp"

#include "base/refusal.hpp"
#include "client/core.hpp"
#include "client/whole_body.hpp"
#include "codec/image_reply.hpp"
#include "codec/image_request.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace chatopen::client {

Result<std::unique_ptr<PreparedCall>> prepare_image(Core& core, const ImageRequest& request, const CallOptions& call) {
  if (request.endpoint.path.empty() && request.endpoint.name.empty()) {
    return base::refusal(ErrorKind::invalid_argument, {"the request names no endpoint"},
                         {"set ImageRequest::endpoint, for example to endpoints::gpt_image_1()"});
  }
  WireForm wire_form{};
  auto prepared = prepare_call(core, request.endpoint, call, "application/json", false, wire_form);
  if (!prepared) return prepared;
  Result<std::string> body = codec::encode_image(request, wire_form);
  if (!body) return std::move(body).error();
  (*prepared)->request->body = Body(*std::move(body));

  // A server that sends its head at once thinks behind it.
  Timeouts& timeouts = (*prepared)->request->timeouts;
  if (!call.timeouts.idle && timeouts.idle->count() != 0) {
    timeouts.idle =
        timeouts.first_byte->count() == 0 ? timeouts.first_byte : std::max(timeouts.idle, timeouts.first_byte);
  }
  // What a client permits for its chats is not meant for what costs a hundred times as much.
  if (!call.retry) (*prepared)->retry.retry_ambiguous = false;
  return prepared;
}

bool refuses(const ImagesOptions& images, Error& fault) {
  if (images.max_concurrent >= 1) return false;
  return base::refuse(fault, ErrorKind::invalid_argument, {"max_concurrent is less than 1"},
                      {"use 1 for one at a time"});
}

std::optional<FailedAttempt> ImageReceiver::finish(const TransportOutcome& outcome) {
  if (outcome.body_end == BodyEnd::none) return cut("the transport saw no end of the body");
  Result<ImageReply> decoded = codec::decode_image(status(), std::move(body()), redactor());
  if (!decoded) return refused_by_whole_body(std::move(decoded).error(), outcome, body());
  reply_ = *std::move(decoded);
  reply_.request_id = redacted_id(request_id_of(*this), redactor());
  return std::nullopt;
}

// Behind a proxy, a 503 may come after minutes of work.
void ImageReceiver::weigh(FailedAttempt& failed) const {
  using transport::RetryClass;
  if (failed.retry_class != RetryClass::refused || failed.error.kind == ErrorKind::rate_limited) return;
  failed.retry_class = RetryClass::ambiguous;
  failed.error.maybe_processed = true;
}

ImageReply ImageReceiver::take(int attempts) {
  reply_.attempts = attempts;
  return std::move(reply_);
}

}  // namespace chatopen::client
