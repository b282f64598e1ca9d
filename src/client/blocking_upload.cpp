#include "client/blocking_call.hpp"
#include "client/client_impl.hpp"
#include "client/prepared_upload.hpp"
#include "client/upload_receiver.hpp"

#include <chatopen/client.hpp>

#include <utility>

namespace chatopen {
namespace {

Result<UploadedFile> upload_blocking(client::Core& core, const UploadRequest& request,
                                     const detail::UploadProgressCallback* on_progress, const CallOptions& options) {
  Result<client::PreparedUpload> prepared = client::prepare_upload(core, request, options);
  if (!prepared) return std::move(prepared).error();
  client::UploadReceiver receiver(*prepared->call, prepared->body, on_progress);
  Result<int> attempts = client::call_blocking(core, *prepared->call, receiver);
  if (!attempts) return receiver.fail(std::move(attempts).error());
  return receiver.take(*attempts);
}

}  // namespace

Result<UploadedFile> ChatClient::upload(const std::string& path, const CallOptions& options) const {
  return upload(UploadRequest{.path = path}, options);
}

Result<UploadedFile> ChatClient::upload(const UploadRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  return upload_blocking(*core, request, nullptr, options);
}

Result<UploadedFile> ChatClient::upload_with(const UploadRequest& request,
                                             const detail::UploadProgressCallback& on_progress,
                                             const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  return upload_blocking(*core, request, &on_progress, options);
}

}  // namespace chatopen
