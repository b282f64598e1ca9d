#pragma once

#include "testing/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace chatopen::testing {

/// A request's body in the form in which it is recorded and compared: an object with one member, which is `json` for
/// JSON, `multipart` with the parts of a form (whose boundary differs each time), `text`, or `base64`. Null when it is
/// empty.
[[nodiscard]] Json comparable_body(std::string_view body, std::string_view content_type);

/// Whether that is the content type of a form with parts.
[[nodiscard]] bool is_form(std::string_view content_type) noexcept;

/// Replaces each `data:` URL in the body that is longer than this by what `elided` makes of it.
void elide_data_urls(Json& value, std::size_t longest);
/// `data:image/png;base64,[68 bytes, sha256 …]`, of the bytes that it holds; any other text, and what was elided
/// before, as it is.
[[nodiscard]] std::string elided(const std::string& text);

/// The body as text for a custom matcher.
[[nodiscard]] std::string body_text(const Json& comparable);

}  // namespace chatopen::testing
