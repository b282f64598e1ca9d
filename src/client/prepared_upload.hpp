#pragma once

#include "client/prepared_call.hpp"
#include "client/upload_body.hpp"

#include <chatopen/result.hpp>
#include <chatopen/upload.hpp>

#include <memory>

namespace chatopen::client {

/// An upload that is ready to be sent. The body belongs to the request.
struct PreparedUpload {
  std::unique_ptr<PreparedCall> call;
  std::shared_ptr<UploadBody> body;
};

/// Checks and opens. Errors: `invalid_argument`; `io` for a file that cannot be read.
[[nodiscard]] Result<PreparedUpload> prepare_upload(Core& core, const UploadRequest& request, const CallOptions& call);

}  // namespace chatopen::client
