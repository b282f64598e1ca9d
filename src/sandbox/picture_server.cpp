#include "sandbox/picture_server.hpp"

#include "base/ascii.hpp"
#include "sandbox/jpeg.hpp"
#include "sandbox/png.hpp"
#include "sandbox/reply_shapes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

namespace chatopen::sandbox {
namespace {

struct Target {
  PictureDelivery delivery;
  PictureOrder order;
};

// Everything before the delimiter, which goes too.
std::string_view take_until(std::string_view& text, char delimiter) {
  const std::size_t end = std::min(text.find(delimiter), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::optional<Target> parse_target(std::string_view target) {
  constexpr std::int64_t most_pixels = 4096;
  if (!target.starts_with('/')) return std::nullopt;
  std::string_view rest = target.substr(1);
  const auto delivery = download_named(take_until(rest, '/'));
  const auto width = base::parse_digits(take_until(rest, 'x'));
  const auto height = base::parse_digits(take_until(rest, '/'));
  const auto colour = base::parse_digits(take_until(rest, '.'), 16);
  if (!delivery || !width || !height || !colour || (rest != "png" && rest != "jpeg")) return std::nullopt;
  if (*width < 1 || *height < 1 || std::max(*width, *height) > most_pixels || *colour > 0xffffff) return std::nullopt;
  return Target{*delivery,
                {.width = static_cast<int>(*width),
                 .height = static_cast<int>(*height),
                 .jpeg = rest == "jpeg",
                 .colour = static_cast<std::uint32_t>(*colour)}};
}

// What is meant for the service alone.
void check_headers(const Incoming& request) {
  for (const char* const name : {"X-Request-Req-Accesskeyid", "X-Request-Req-Accesskeysecret", "X-Sandbox-Reply"}) {
    if (request.header(name) != nullptr) {
      throw Refusal(std::string("the download carries the header ") + name + ", which is for the service alone");
    }
  }
}

StreamBody in_pieces(std::string_view bytes, std::size_t piece_size) {
  StreamBody body;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size()))) {
    body.writes.emplace_back(bytes.substr(0, piece_size));
  }
  return body;
}

Answer answer_with(const Target& target) {
  constexpr std::size_t piece_size = 2048;
  constexpr std::chrono::milliseconds pace{50};
  Answer answer{.content_type = target.order.jpeg ? "image/jpeg" : "image/png"};
  switch (target.delivery) {
    case PictureDelivery::data_url:
    case PictureDelivery::plain: answer.body = draw(target.order); break;
    case PictureDelivery::html:
      answer.content_type = "text/html";
      answer.body = "<html><body>Please sign in.</body></html>\n";
      break;
    case PictureDelivery::empty: break;
    case PictureDelivery::missing: throw Refusal(404, "the picture has expired, as asked for");
    case PictureDelivery::redirect:
      answer.status = 302;
      answer.headers = {{"Location", picture_path(target.order, PictureDelivery::plain)}};
      break;
    case PictureDelivery::cut: {
      const std::string picture = draw(target.order);
      answer.stream = in_pieces(std::string_view(picture).substr(0, picture.size() / 2), piece_size);
      answer.stream->end = StreamBody::End::close;
      break;
    }
    case PictureDelivery::slow:
      answer.stream = in_pieces(draw(target.order), piece_size);
      answer.stream->pace = pace;
      break;
  }
  return answer;
}

}  // namespace

std::string draw(const PictureOrder& order) {
  return order.jpeg ? make_jpeg(order.width, order.height) : make_png(order.width, order.height, order.colour);
}

std::string picture_path(const PictureOrder& order, PictureDelivery delivery) {
  char colour[7];
  std::snprintf(colour, sizeof(colour), "%06x", order.colour & 0xffffffU);
  std::string path = "/";
  path.append(to_string(delivery)).append("/").append(std::to_string(order.width)).append("x");
  path.append(std::to_string(order.height)).append("/").append(colour);
  return path.append(order.jpeg ? ".jpeg" : ".png");
}

Answer serve_picture(const Incoming& request) {
  try {
    const std::optional<Target> target = parse_target(request.target);
    if (!target) throw Refusal(404, "no such picture: " + request.target);
    if (request.method != "GET") throw Refusal(405, "a picture takes GET, not " + request.method, {{"Allow", "GET"}});
    check_headers(request);
    return answer_with(*target);
  } catch (const Refusal& refusal) {
    return make_refusal(refusal);
  }
}

}  // namespace chatopen::sandbox
