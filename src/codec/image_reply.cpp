#include "codec/image_reply.hpp"

#include "base/ascii.hpp"
#include "codec/error_shapes.hpp"
#include "codec/field_check.hpp"
#include "codec/json_members.hpp"

#include <string_view>
#include <utility>

namespace chatopen::codec {
namespace {

bool refuse_reply(Error& fault, std::string_view what) {
  fault = {.kind = ErrorKind::protocol, .message = "the reply's data.imageList" + std::string(what)};
  return true;
}

bool refuses_image(const Json& value, std::size_t index, GeneratedImage& image, Error& fault) {
  const std::string place = "[" + std::to_string(index) + "]";
  if (!value.is_object()) return refuse_reply(fault, place + " is not an object");
  const std::optional<Json> member = value;
  const std::optional<Json> url = member_of(member, "url");
  if (!url) return refuse_reply(fault, place + ".url is missing");
  const std::optional<std::string_view> text = string_of(url);
  if (!text) return refuse_reply(fault, place + ".url is not a string");
  if (!has_picture_scheme(*text) || base::has_character(*text, base::is_control)) {
    return refuse_reply(fault, place + ".url is no http, https or data URL");
  }
  image.url = *text;
  image.width = count_of(member_of(member, "width")).value_or(0);
  image.height = count_of(member_of(member, "height")).value_or(0);
  return false;
}

bool refuses_images(const std::optional<Json>& data, std::vector<GeneratedImage>& images, Error& fault) {
  const std::optional<Json> list = member_of(data, "imageList");
  if (!list) return refuse_reply(fault, " is missing");
  simdjson::dom::array values;
  if (list->get(values) != simdjson::SUCCESS) return refuse_reply(fault, " is not a list");
  images.reserve(values.size());
  for (const Json value : values) {
    const std::size_t index = images.size();
    if (refuses_image(value, index, images.emplace_back(), fault)) return true;
  }
  return images.empty() && refuse_reply(fault, " is empty");
}

}  // namespace

Result<ImageReply> decode_image(int http_status, std::string&& body, const base::Redactor& redactor) {
  constexpr std::size_t max_text_bytes = 1024;
  ImageReply reply;
  {
    const JsonDocument document(body);
    if (document.error() != simdjson::SUCCESS) {
      return unreadable(http_status, document.error(), "the reply", body, redactor);
    }
    const Members root = members_of(document.root());
    const Members data = members_of(root.data);
    if (auto error = carried_error(http_status, root, data, body, redactor)) return *std::move(error);
    Error fault;
    if (refuses_images(root.data, reply.images, fault)) {
      fault.http_status = http_status;
      // Where a service that refuses a prompt may say so.
      fault.detail = redactor.redact(text_of(data.error_message), max_text_bytes);
      fault.body_snippet = redactor.redact(body, max_text_bytes, base::TextEnd::maybe_cut);
      return fault;
    }
  }
  reply.raw = std::move(body);
  return reply;
}

}  // namespace chatopen::codec
