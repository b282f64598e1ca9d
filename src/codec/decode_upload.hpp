#pragma once

#include "base/redact.hpp"

#include <chatopen/result.hpp>
#include <chatopen/upload.hpp>

#include <string>

namespace chatopen::codec {

/// A complete body that came with a success status → where the file is (`url` and `raw`), or the error that the
/// envelope carries. The URL is the first present of `url`, `data.url`, `fileUrl` and `data.fileUrl`; null and the
/// empty string count as absent. The body is moved from only on success. Errors: as `decode_chat`; `protocol` when
/// there is no URL, or another than of http or https.
[[nodiscard]] Result<UploadedFile> decode_upload(int http_status, std::string&& body, const base::Redactor& redactor);

}  // namespace chatopen::codec
