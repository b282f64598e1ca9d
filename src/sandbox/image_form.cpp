#include "base/ascii.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/forms.hpp"
#include "sandbox/picture_answer.hpp"
#include "sandbox/picture_url.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace chatopen::sandbox {
namespace {

constexpr int pixels_in_1k = 1024;

std::string_view text_or(const Json& body, const char* name, std::string_view otherwise) {
  const Json* member = find(body, name);
  return member == nullptr ? otherwise : std::string_view(required_string(body, "", name));
}

std::pair<int, int> aspect_ratio_of(const Json& body) {
  constexpr int most = 99;
  const std::string_view ratio = text_or(body, "aspectRatio", "1:1");
  const std::size_t colon = ratio.find(':');
  const auto side = [](std::string_view digits) { return base::parse_digits(digits).value_or(0); };
  const auto width = side(ratio.substr(0, colon));
  const auto height = colon == std::string_view::npos ? 0 : side(ratio.substr(colon + 1));
  if (width < 1 || height < 1 || width > most || height > most) {
    throw Refusal("aspectRatio " + in_quotes(ratio) + " is not of the form 9:16");
  }
  return {static_cast<int>(width), static_cast<int>(height)};
}

int longer_side_of(const Json& body) {
  const std::string_view resolution = text_or(body, "resolution", "1K");
  if (resolution != "1K" && resolution != "2K") {
    throw Refusal("resolution " + in_quotes(resolution) + " is unknown; expected 1K or 2K");
  }
  return (resolution.front() - '0') * pixels_in_1k;
}

bool is_jpeg(const Json& body) {
  const std::string_view format = text_or(body, "outputFormat", "png");
  if (format != "png" && format != "jpeg") {
    throw Refusal("outputFormat " + in_quotes(format) + " is unknown; expected png or jpeg");
  }
  return format == "jpeg";
}

std::string describe_references(const Json& list) {
  if (!list.is_array()) throw Refusal(std::string("imageUrlList must be a list, but is ") + list.type_name());
  if (list.empty()) throw Refusal("imageUrlList must not be empty: leave it out");
  std::string description;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = "imageUrlList[" + std::to_string(i) + "]";
    if (!list[i].is_string()) throw Refusal(where + " must be a string, but is " + list[i].type_name());
    description += i == 0 ? " with the picture " : " and the picture ";
    description += describe_picture(list[i].get_ref<const std::string&>(), where);
  }
  return description;
}

}  // namespace

std::string describe_image_form(const Json& body) {
  for (const char* const other : {"messages", "issue"}) {
    if (body.contains(other)) throw Refusal(std::string(other) + ": this path takes the image form ({\"prompt\":…})");
  }
  if (body.contains("imageUrl")) throw Refusal("imageUrl: this form spells it imageUrlList, and takes a list");
  const std::string& prompt = required_string(body, "", "prompt");
  if (prompt.empty()) throw Refusal("prompt must not be empty");
  static_cast<void>(order_of(body));
  if (const Json* search = find(body, "enableGoogleSearch"); search != nullptr && !search->is_boolean()) {
    throw Refusal(std::string("enableGoogleSearch must be true or false, but is ") + search->type_name());
  }
  std::string description = "the prompt " + in_quotes(prompt) + describe_settings(body, {"prompt", "imageUrlList"});
  if (const Json* list = find(body, "imageUrlList")) description += describe_references(*list);
  return description;
}

PictureOrder order_of(const Json& body) {
  const auto [across, down] = aspect_ratio_of(body);
  const int longer = longer_side_of(body);
  const int shorter = std::max(1, longer * std::min(across, down) / std::max(across, down));
  // FNV-1a.
  std::uint32_t colour = 2166136261U;
  for (const char c : text_or(body, "prompt", "")) colour = (colour ^ static_cast<unsigned char>(c)) * 16777619U;
  return {.width = across >= down ? longer : shorter,
          .height = across >= down ? shorter : longer,
          .jpeg = is_jpeg(body),
          .colour = colour & 0xffffffU};
}

}  // namespace chatopen::sandbox
