// Any bytes as the body of a reply: never a crash, and what reaches the caller is valid UTF-8, bounded and redacted.
#include "checks.hpp"

#include "codec/decode.hpp"
#include "codec/image_reply.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace chatopen::fuzz;

void check_images(const std::string& body, const chatopen::base::Redactor& redactor) {
  const auto decoded = chatopen::codec::decode_image(200, std::string(body), redactor);
  if (!decoded) return check_error(decoded.error());
  require(decoded->raw == body && !decoded->images.empty());
  for (const chatopen::GeneratedImage& image : decoded->images) {
    require(simdjson::validate_utf8(image.url) && image.url.find(':') != std::string::npos);
    require(image.width >= 0 && image.height >= 0);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const chatopen::base::Redactor redactor{std::vector<std::string_view>{secret}};
  const std::string body(reinterpret_cast<const char*>(data), size);
  check_error(chatopen::codec::decode_error(500, body, redactor));
  check_images(body, redactor);
  const auto decoded = chatopen::codec::decode_chat(200, std::string(body), redactor);
  if (!decoded) {
    check_error(decoded.error());
    return 0;
  }
  require(decoded->raw == body);
  for (const std::string* const text :
       {&decoded->text, &decoded->reasoning, &decoded->finish_reason, &decoded->model, &decoded->request_id}) {
    require(simdjson::validate_utf8(*text));
  }
  for (const chatopen::ToolCall& call : decoded->tool_calls) {
    require(simdjson::validate_utf8(call.id + call.name + call.arguments));
  }
  if (decoded->usage) {
    require(decoded->usage->prompt_tokens >= 0 && decoded->usage->completion_tokens >= 0 &&
            decoded->usage->total_tokens >= 0);
  }
  return 0;
}
