#include "client/async_core.hpp"
#include "client/blocking_call.hpp"
#include "client/client_impl.hpp"
#include "client/ended_call.hpp"
#include "client/upload_call.hpp"
#include "client/upload_receiver.hpp"
#include "codec/multipart.hpp"

#include <chatopen/client.hpp>
#include <chatopen/content.hpp>

#include <limits>
#include <utility>

namespace chatopen {
namespace client {
namespace {

/// Whether the picture may do better within a message than as an upload that failed so.
bool is_worth_a_fallback(const Error& error) noexcept {
  switch (error.kind) {
    // The service, which was reached, does not take the upload.
    case ErrorKind::permission_denied:
    case ErrorKind::not_found:
    case ErrorKind::rate_limited:
    case ErrorKind::invalid_request:
    case ErrorKind::server_error:
    case ErrorKind::api:
    case ErrorKind::redirect_refused:
    case ErrorKind::protocol:
    case ErrorKind::too_large: return true;
    // Before anything was sent, they say that the host cannot be reached, by a message no more than by an upload.
    case ErrorKind::connection:
    case ErrorKind::timeout:
    case ErrorKind::truncated: return error.maybe_processed;
    // A message would meet the same; or the file is at fault, or nobody wants it any more.
    case ErrorKind::authentication:
    case ErrorKind::resolve:
    case ErrorKind::connect:
    case ErrorKind::tls:
    case ErrorKind::proxy:
    case ErrorKind::invalid_argument:
    case ErrorKind::configuration:
    case ErrorKind::io:
    case ErrorKind::cancelled: return false;
  }
  return false;
}

Result<AttachedImage> fall_back(Error error, ImagePart local) {
  if (!is_worth_a_fallback(error)) return error;
  if (local.size() > default_max_image_bytes) {
    error.detail.append(error.detail.empty() ? "" : "; ").append("the picture is too large to be sent in a message");
    return error;
  }
  return AttachedImage{.part = std::move(local), .fallback_reason = std::make_shared<const Error>(std::move(error))};
}

/// What is uploaded, and what stands in for it.
struct PreparedAttachment {
  ImagePart local;
  PreparedUpload upload;
};

Result<PreparedAttachment> prepare_attachment(Core& core, const std::string& path, const CallOptions& options) {
  Result<ImagePart> local = image_file(path, std::numeric_limits<std::uint64_t>::max());
  if (!local) return std::move(local).error();
  UploadRequest request{.path = path, .media_type = local->media_type()};
  // It is the picture that counts, and nobody could give it another name here.
  Error ignored;
  if (codec::refuses_file_name(codec::base_name(path), ignored)) {
    request.file_name = codec::file_name_for(local->media_type());
  }
  Result<PreparedUpload> upload = prepare_upload(core, request, options);
  if (!upload) return std::move(upload).error();
  return PreparedAttachment{.local = *std::move(local), .upload = *std::move(upload)};
}

/// Makes of an upload, or of its failure, a picture for a message.
class AttachmentReceiver final : public UploadReceiver {
 public:
  AttachmentReceiver(PreparedCall& prepared, std::shared_ptr<UploadBody> body, ImagePart local)
      : UploadReceiver(prepared, std::move(body), nullptr), local_(std::move(local)) {}

  [[nodiscard]] AttachedImage take(int attempts) {
    return {.part = image_url(std::move(UploadReceiver::take(attempts).url))};
  }
  [[nodiscard]] Result<AttachedImage> fail(Error error) {
    return fall_back(UploadReceiver::fail(std::move(error)), std::move(local_));
  }

 private:
  ImagePart local_;
};

}  // namespace
}  // namespace client

Result<AttachedImage> ChatClient::attach_image(const std::string& path, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  Result<client::PreparedAttachment> prepared = client::prepare_attachment(*core, path, options);
  if (!prepared) return std::move(prepared).error();
  client::PreparedCall& call = *prepared->upload.call;
  client::AttachmentReceiver receiver(call, std::move(prepared->upload.body), std::move(prepared->local));
  Result<int> attempts = client::call_blocking(*core, call, receiver);
  if (!attempts) return receiver.fail(std::move(attempts).error());
  return receiver.take(*attempts);
}

Pending<AttachedImage> ChatClient::attach_image_async(const std::string& path, const CallOptions& options) const {
  const std::shared_ptr<client::Core>& core = impl_->core;
  client::AsyncCore::to_start(*core);
  Result<client::PreparedAttachment> prepared = client::prepare_attachment(*core, path, options);
  if (!prepared) return client::ended<AttachedImage>(core, std::move(prepared).error());
  return client::start_upload<AttachedImage, client::AttachmentReceiver>(core, std::move(prepared->upload),
                                                                         std::move(prepared->local));
}

}  // namespace chatopen
