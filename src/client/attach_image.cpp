#include "client/async_core.hpp"
#include "client/client_impl.hpp"
#include "client/failed_call.hpp"
#include "client/prepared_upload.hpp"
#include "client/upload_call.hpp"
#include "transport/default_transport.hpp"

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

Result<AttachedImage> attached(Result<UploadedFile> uploaded, ImagePart local) {
  if (uploaded) return AttachedImage{.part = image_url(std::move(uploaded->url))};
  Error error = std::move(uploaded).error();
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
  Result<PreparedUpload> upload = prepare_upload(core, {.path = path, .media_type = local->media_type()}, options);
  if (!upload) return std::move(upload).error();
  return PreparedAttachment{.local = *std::move(local), .upload = *std::move(upload)};
}

class PendingAttachment final : public UploadCall, public detail::PendingState<AttachedImage> {
 public:
  PendingAttachment(const std::shared_ptr<Core>& core, PreparedAttachment prepared)
      : UploadCall(core, std::move(prepared.upload), nullptr), PendingState(core), local_(std::move(prepared.local)) {}
  void cancel_call() noexcept override { cancel(); }

 private:
  void on_result(std::optional<Result<UploadedFile>> result, std::exception_ptr exception) override {
    std::optional<Result<AttachedImage>> outcome;
    if (result) outcome.emplace(attached(*std::move(result), std::move(local_)));
    set(std::move(outcome), std::move(exception));
  }

  ImagePart local_;
};

}  // namespace
}  // namespace client

Result<AttachedImage> ChatClient::attach_image(const std::string& path, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  Result<client::PreparedAttachment> prepared = client::prepare_attachment(*core, path, options);
  if (!prepared) return std::move(prepared).error();
  return client::attached(client::upload_blocking(*core, prepared->upload, nullptr), std::move(prepared->local));
}

Pending<AttachedImage> ChatClient::attach_image_async(const std::string& path, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  transport::enable_default_transport_to_start();
  static_cast<void>(client::AsyncCore::of(*core));
  Result<client::PreparedAttachment> prepared = client::prepare_attachment(*core, path, options);
  if (!prepared) {
    using Failed = client::FailedCall<AttachedImage>;
    return Pending<AttachedImage>(std::make_shared<Failed>(core, std::move(prepared).error()));
  }
  const auto call = std::make_shared<client::PendingAttachment>(core, *std::move(prepared));
  call->start_upload();
  return Pending<AttachedImage>(call);
}

}  // namespace chatopen
