#pragma once

#include "sandbox/exchange.hpp"
#include "sandbox/json_body.hpp"
#include "sandbox/reply_directives.hpp"

#include <cstdint>
#include <string>

namespace chatopen::sandbox {

/// What a body in the image form orders.
struct PictureOrder {
  int width = 0;
  int height = 0;
  bool jpeg = false;
  /// Red, green and blue, so that different prompts have different pictures.
  std::uint32_t colour = 0;
};

/// Of a body that `describe_image_form` has accepted.
[[nodiscard]] PictureOrder order_of(const Json& body);

/// The answer that the directives ask for: `{"code":"200","msg":"ok","data":{"imageList":[…],"received":…}}` unless
/// they want a fault. Pictures are served below `pictures_url`.
[[nodiscard]] Answer make_picture_answer(const ReplyDirectives& directives, const std::string& model,
                                         const std::string& received, const PictureOrder& order,
                                         const std::string& pictures_url);

}  // namespace chatopen::sandbox
