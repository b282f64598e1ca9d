#include "client/upload_receiver.hpp"

#include "client/whole_body.hpp"
#include "codec/decode_upload.hpp"

#include <utility>

namespace chatopen::client {

std::optional<FailedAttempt> UploadReceiver::finish(const TransportOutcome& outcome) {
  if (outcome.body_end == BodyEnd::none) return cut("the transport saw no end of the body");
  Result<UploadedFile> decoded = codec::decode_upload(status(), std::move(body()), redactor());
  // A success is an object, whose JSON shows that it is whole.
  if (!decoded) return refused_by_whole_body(std::move(decoded).error(), outcome, body());
  file_ = *std::move(decoded);
  file_.request_id = redacted_id(request_id_of(*this), redactor());
  return std::nullopt;
}

void UploadReceiver::describe(CallCompleted& event) const {
  event.request_id = file_.request_id;
}

UploadedFile UploadReceiver::take(int attempts) {
  file_.attempts = attempts;
  return std::move(file_);
}

}  // namespace chatopen::client
