#pragma once

#include <chatopen/content.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// Characters of the `data:` URL of a local picture.
[[nodiscard]] std::size_t data_url_size(const ImagePart& picture) noexcept;

/// Appends the `data:` URL of a local picture, reading its file in pieces; the caller has reserved the room. Errors:
/// `io` for a file that cannot be read or is not what it was when the picture was made; part of it may then stand.
[[nodiscard]] std::optional<Error> append_data_url(const ImagePart& picture, std::string& body);

/// What stands in a `data:` URL, still in Base64; empty for a URL of another kind, or with another encoding.
[[nodiscard]] std::optional<std::string_view> base64_in_data_url(std::string_view url) noexcept;

}  // namespace chatopen::codec
