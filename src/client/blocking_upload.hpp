#pragma once

#include "client/prepared_upload.hpp"

#include <chatopen/result.hpp>
#include <chatopen/upload.hpp>

namespace chatopen::client {

/// Sends an upload and waits for it. `on_progress` is null for nobody. Throws what that, or the source, throws.
[[nodiscard]] Result<UploadedFile> upload_blocking(Core& core, PreparedUpload& upload,
                                                   const detail::UploadProgressCallback* on_progress);

/// The error as the caller sees it: with why the upload was not sent again.
[[nodiscard]] Error explained(Error error, const UploadBody& body);

}  // namespace chatopen::client
