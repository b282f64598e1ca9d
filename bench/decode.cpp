// decode floor|chatopen envelope|completion|chunk <times>: decodes a reply, or an event of a stream, again and again.
// `floor` only parses its JSON with a reused parser.

#include "replies.hpp"

#include "base/redact.hpp"
#include "codec/chunk_decoder.hpp"
#include "codec/decode.hpp"

#include <simdjson.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace chatopen;

bool parse(simdjson::dom::parser& parser, std::string_view reply) {
  std::string body;
  body.reserve(reply.size() + simdjson::SIMDJSON_PADDING);
  body.assign(reply);
  return parser.parse(body).error() == simdjson::SUCCESS;
}

bool decode(std::string_view reply, const base::Redactor& redactor) {
  std::string body;
  body.reserve(reply.size() + simdjson::SIMDJSON_PADDING);
  body.assign(reply);
  const Result<ChatReply::Fields> fields = codec::decode_chat(200, std::move(body), redactor);
  return fields && !fields->text.empty();
}

bool decode_chunk(codec::ChunkDecoder& decoder, std::string_view event) {
  bool has_text = false;
  auto on_delta = [&has_text](const ChatDelta& delta) { has_text = !delta.text.empty(); };
  Error error;
  return decoder.decode(event, 200, detail::DeltaCallback(on_delta), error) == codec::ChunkDecoder::Step::more &&
         has_text;
}

}  // namespace

int main(int argc, char** argv) {
  int times = 0;
  if (argc == 4) std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), times);
  if (times <= 0) {
    std::fprintf(stderr, "usage: decode floor|chatopen envelope|completion|chunk <times>\n");
    return 2;
  }
  const bool floor = std::string_view(argv[1]) == "floor";
  const std::string_view shape = argv[2];
  const std::string_view reply = shape == "envelope" ? bench::envelope_reply
                                 : shape == "chunk"  ? bench::chunk_event
                                                     : bench::completion_reply;
  const Credentials credentials{.access_key_id = "id", .access_key_secret = "secret"};
  const base::Redactor redactor(credentials);
  simdjson::dom::parser parser;
  codec::ChunkDecoder decoder(redactor);
  for (int i = 0; i < times; ++i) {
    const bool decoded = floor              ? parse(parser, reply)
                         : shape == "chunk" ? decode_chunk(decoder, reply)
                                            : decode(reply, redactor);
    if (!decoded) return 1;
  }
  return 0;
}
