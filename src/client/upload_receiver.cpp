#include "client/upload_receiver.hpp"

#include "client/whole_body.hpp"
#include "codec/decode_upload.hpp"

#include <utility>

namespace chatopen::client {

UploadReceiver::UploadReceiver(PreparedCall& prepared, std::shared_ptr<UploadBody> body,
                               const detail::UploadProgressCallback* on_progress)
    : Receiver(prepared), body_(std::move(body)) {
  body_->attach(*this, on_progress);
}

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

Error UploadReceiver::fail(Error error) const {
  if (!body_->refused_rewind()) return error;
  error.detail.append(error.detail.empty() ? "" : "; ").append("not sent again, because its source cannot be rewound");
  return error;
}

OwningUploadReceiver::OwningUploadReceiver(PreparedCall& prepared, std::shared_ptr<UploadBody> body,
                                           std::unique_ptr<detail::OwnedUploadProgress> on_progress)
    : UploadReceiver(prepared, std::move(body), on_progress == nullptr ? nullptr : &callback_),
      on_progress_(std::move(on_progress)),
      callback_(*this) {}

// What the callable holds may wait for the result, such as a client: it goes first.
UploadedFile OwningUploadReceiver::take(int attempts) {
  on_progress_.reset();
  return UploadReceiver::take(attempts);
}

Error OwningUploadReceiver::fail(Error error) {
  on_progress_.reset();
  return UploadReceiver::fail(std::move(error));
}

bool OwningUploadReceiver::operator()(std::uint64_t sent, std::uint64_t total) {
  // It may end its own call, which must not destroy it while it runs.
  const std::shared_ptr<detail::OwnedUploadProgress> running = on_progress_;
  return running != nullptr && running->run(sent, total);
}

}  // namespace chatopen::client
