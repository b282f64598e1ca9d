#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chatopen::sandbox {

/// How a picture can be had that was made.
enum class PictureDelivery : std::uint8_t {
  /// By a download without fault.
  plain,
  /// Not at all: it is in the reply, as a `data:` URL.
  data_url,
  // By a download with a fault, which its path names.
  html,
  empty,
  missing,
  redirect,
  cut,
  slow,
};

/// The directives of `X-Sandbox-Reply` that only pictures can follow.
struct PictureDirectives {
  /// One when absent.
  std::optional<int> count = {};
  std::optional<PictureDelivery> delivery = {};
};

/// As it is called in directives and paths.
[[nodiscard]] std::string_view to_string(PictureDelivery delivery);
/// Empty for a name that means nothing, or no download.
[[nodiscard]] std::optional<PictureDelivery> download_named(std::string_view name);

/// False when no directive of pictures has this name. Throws `Refusal` when the value is wrong.
[[nodiscard]] bool apply_picture_directive(PictureDirectives& directives, std::string_view directive,
                                           std::string_view name, std::string_view value);

/// Throws `Refusal` when there are any, for a reply without pictures.
void refuse_picture_directives(const PictureDirectives& directives);

}  // namespace chatopen::sandbox
