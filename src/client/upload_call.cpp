#include "client/upload_call.hpp"

#include "client/async_core.hpp"
#include "client/client_impl.hpp"
#include "client/failed_attempt.hpp"
#include "client/failed_call.hpp"
#include "transport/default_transport.hpp"

namespace chatopen {
namespace client {

Result<std::size_t> SteppedBody::read(char* into, std::size_t capacity) {
  const std::shared_ptr<AsyncCall> call = call_.lock();
  if (call == nullptr) return cancelled_by_caller();
  return call->read(*body_, into, capacity);
}

UploadCall::UploadCall(const std::shared_ptr<Core>& core, PreparedUpload upload,
                       std::unique_ptr<detail::OwnedUploadProgress> on_progress)
    : AsyncCall(core, std::move(upload.call)),
      body_(std::move(upload.body)),
      on_progress_(std::move(on_progress)),
      callback_(*this),
      receiver_(prepared()) {}

UploadCall::~UploadCall() = default;

void UploadCall::start_upload() {
  body_->attach(receiver_, on_progress_ == nullptr ? nullptr : &callback_);
  prepared().request->body = Body(std::make_shared<SteppedBody>(weak_from_this(), body_));
  start();
}

bool UploadCall::operator()(std::uint64_t sent, std::uint64_t total) {
  // It may end its own call, which must not destroy it while it runs.
  const std::shared_ptr<detail::OwnedUploadProgress> running = on_progress_;
  return running != nullptr && running->run(sent, total);
}

void UploadCall::on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) {
  std::optional<Result<UploadedFile>> result;
  if (exception == nullptr) {
    if (error) {
      result.emplace(explained(*std::move(error), *body_));
    } else {
      result.emplace(receiver_.take(attempts));
    }
  }
  // They may hold what waits for the result, such as a client.
  on_progress_.reset();
  on_result(std::move(result), std::move(exception));
}

}  // namespace client

Pending<UploadedFile> ChatClient::upload_async(const UploadRequest& request, const CallOptions& options) const {
  return start_upload(request, options, nullptr);
}

Pending<UploadedFile> ChatClient::start_upload(const UploadRequest& request, const CallOptions& options,
                                               std::unique_ptr<detail::OwnedUploadProgress> on_progress) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  transport::enable_default_transport_to_start();
  static_cast<void>(client::AsyncCore::of(*core));
  Result<client::PreparedUpload> prepared = client::prepare_upload(*core, request, options);
  if (!prepared) {
    return Pending<UploadedFile>(std::make_shared<client::FailedCall<UploadedFile>>(core, std::move(prepared).error()));
  }
  const auto call = std::make_shared<client::PendingUpload>(core, *std::move(prepared), std::move(on_progress));
  call->start_upload();
  return Pending<UploadedFile>(call);
}

}  // namespace chatopen
