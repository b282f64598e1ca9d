#pragma once

#include <string>
#include <string_view>

namespace chatopen::sandbox {

/// What a picture's URL says: itself, or `image/png, 68 bytes` for a `data:` URL, which is decoded strictly and whose
/// bytes must begin as its media type says. Throws `Refusal`; `where` names the member.
[[nodiscard]] std::string describe_picture(std::string_view url, const std::string& where);

}  // namespace chatopen::sandbox
