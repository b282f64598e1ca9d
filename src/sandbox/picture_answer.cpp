#include "sandbox/picture_answer.hpp"

#include "sandbox/picture_server.hpp"
#include "sandbox/reply_parts.hpp"
#include "sandbox/reply_shapes.hpp"

#include <cstddef>
#include <string_view>

namespace chatopen::sandbox {
namespace {

// Of its own, and not the SDK's, which it is there to check.
std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= group.size() ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

Json make_image_list(const PictureDirectives& directives, PictureOrder order, const std::string& pictures_url) {
  Json list = Json::array();
  const PictureDelivery delivery = directives.delivery.value_or(PictureDelivery::plain);
  for (int i = 0; i < directives.count.value_or(1); ++i) {
    Json image;
    image["url"] =
        delivery == PictureDelivery::data_url
            ? (order.jpeg ? "data:image/jpeg;base64," : "data:image/png;base64,") + encode_base64(draw(order))
            : pictures_url + picture_path(order, delivery);
    image["width"] = order.width;
    image["height"] = order.height;
    list.push_back(std::move(image));
    // So that none is like another.
    order.colour = (order.colour + 0x2f3d51U) & 0xffffffU;
  }
  return list;
}

}  // namespace

Answer make_picture_answer(const ReplyDirectives& directives, const std::string& model, const std::string& received,
                           const PictureOrder& order, const std::string& pictures_url) {
  Answer answer = make_answer(directives, model, received, 0);
  if (directives.shape != ReplyShape::envelope && directives.shape != ReplyShape::envelope_number) return answer;
  Json envelope = make_envelope(directives, received);
  // An error has none.
  if (answer.body.empty() || !envelope["data"].contains("answer")) return answer;
  envelope["data"] = {{"imageList", make_image_list(directives.pictures, order, pictures_url)}, {"received", received}};
  answer.body = to_text(envelope);
  return answer;
}

}  // namespace chatopen::sandbox
