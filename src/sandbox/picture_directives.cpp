#include "sandbox/picture_directives.hpp"

#include "sandbox/directive_values.hpp"

#include <array>
#include <utility>

namespace chatopen::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, PictureDelivery>, 8> deliveries = {{
    {"plain", PictureDelivery::plain},
    {"data-url", PictureDelivery::data_url},
    {"html", PictureDelivery::html},
    {"empty", PictureDelivery::empty},
    {"missing", PictureDelivery::missing},
    {"redirect", PictureDelivery::redirect},
    {"cut", PictureDelivery::cut},
    {"slow", PictureDelivery::slow},
}};

}  // namespace

std::string_view to_string(PictureDelivery delivery) {
  for (const auto& [name, value] : deliveries) {
    if (value == delivery) return name;
  }
  return {};
}

std::optional<PictureDelivery> download_named(std::string_view name) {
  for (const auto& [known, value] : deliveries) {
    if (known == name && value != PictureDelivery::data_url) return value;
  }
  return std::nullopt;
}

bool apply_picture_directive(PictureDirectives& directives, std::string_view directive, std::string_view name,
                             std::string_view value) {
  if (name == "pictures")
    directives.count = parse_integer(directive, value, 0, 10);
  else if (name == "picture")
    directives.delivery = parse_choice(directive, value, deliveries);
  else
    return false;
  return true;
}

void refuse_picture_directives(const PictureDirectives& directives) {
  if (directives.count || directives.delivery) {
    refuse_directive("pictures, picture", "only where the reply has pictures");
  }
}

}  // namespace chatopen::sandbox
