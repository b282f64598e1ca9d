#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chatopen::sandbox {

/// The file of a `multipart/form-data` body with one part named `file`. Throws `Refusal` at the first fault; a file of
/// more than `max_bytes` is refused with 413.
struct UploadForm {
  std::string file_name;
  std::string_view bytes;
};
/// `content_type` is the request's header, null when it has none.
[[nodiscard]] UploadForm parse_upload_form(const std::string* content_type, std::string_view body,
                                           std::uint64_t max_bytes);

/// Where the file is said to be: nowhere, but another place for other bytes.
[[nodiscard]] std::string url_of(const UploadForm& form);

}  // namespace chatopen::sandbox
