#include "client/upload_call.hpp"

#include "client/async_core.hpp"
#include "client/client_impl.hpp"
#include "client/ended_call.hpp"
#include "client/failed_attempt.hpp"
#include "client/upload_receiver.hpp"

namespace chatopen {
namespace client {

Result<std::size_t> SteppedBody::read(char* into, std::size_t capacity) {
  const std::shared_ptr<AsyncCall> call = call_.lock();
  if (call == nullptr) return cancelled_by_caller();
  return call->read(*body_, into, capacity);
}

}  // namespace client

Pending<UploadedFile> ChatClient::upload_async(const UploadRequest& request, const CallOptions& options) const {
  return start_upload(request, options, nullptr);
}

Pending<UploadedFile> ChatClient::start_upload(const UploadRequest& request, const CallOptions& options,
                                               std::unique_ptr<detail::OwnedUploadProgress> on_progress) const {
  const std::shared_ptr<client::Core>& core = impl_->core;
  client::AsyncCore::to_start(*core);
  Result<client::PreparedUpload> prepared = client::prepare_upload(*core, request, options);
  if (!prepared) return client::ended<UploadedFile>(core, std::move(prepared).error());
  return client::start_upload<UploadedFile, client::OwningUploadReceiver>(core, *std::move(prepared),
                                                                          std::move(on_progress));
}

}  // namespace chatopen
