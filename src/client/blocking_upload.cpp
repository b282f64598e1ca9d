#include "client/blocking_upload.hpp"

#include "client/blocking_call.hpp"
#include "client/client_impl.hpp"
#include "client/upload_receiver.hpp"

#include <string>
#include <utility>

namespace chatopen {
namespace client {

Error explained(Error error, const UploadBody& body) {
  if (!body.refused_rewind()) return error;
  error.detail.append(error.detail.empty() ? "" : "; ").append("not sent again, because its source cannot be rewound");
  return error;
}

Result<UploadedFile> upload_blocking(Core& core, PreparedUpload& upload,
                                     const detail::UploadProgressCallback* on_progress) {
  UploadReceiver receiver(*upload.call);
  upload.body->attach(receiver, on_progress);
  Result<int> attempts = call_blocking(core, *upload.call, receiver);
  if (!attempts) return explained(std::move(attempts).error(), *upload.body);
  return receiver.take(*attempts);
}

}  // namespace client

Result<UploadedFile> ChatClient::upload(const std::string& path, const CallOptions& options) const {
  return upload(UploadRequest{.path = path}, options);
}

Result<UploadedFile> ChatClient::upload(const UploadRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  Result<client::PreparedUpload> prepared = client::prepare_upload(*core, request, options);
  if (!prepared) return std::move(prepared).error();
  return client::upload_blocking(*core, *prepared, nullptr);
}

Result<UploadedFile> ChatClient::upload_with(const UploadRequest& request,
                                             const detail::UploadProgressCallback& on_progress,
                                             const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  Result<client::PreparedUpload> prepared = client::prepare_upload(*core, request, options);
  if (!prepared) return std::move(prepared).error();
  return client::upload_blocking(*core, *prepared, &on_progress);
}

}  // namespace chatopen
