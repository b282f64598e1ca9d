#include "../allocation_failure.hpp"
#include "codec/chunk_decoder.hpp"
#include "codec/image_reply.hpp"
#include "codec/image_request.hpp"
#include "decode_fixture.hpp"
#include "encoded.hpp"
#include "picture_bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::codec {
namespace {

using Step = ChunkDecoder::Step;

Outcome outcome_of_error(const Error& error, ErrorKind expected) {
  if (error.kind == ErrorKind::io) return Outcome::failed;
  return error.kind == expected ? Outcome::right : Outcome::wrong;
}

// Long enough not to lie within a string or a parser of the smallest size.
const std::string long_text(6000, 'x');

struct Expected {
  std::string_view text;
  std::string_view arguments;
};

Outcome decode_events(const std::vector<std::string>& events, const Expected& expected) {
  const base::Redactor redact = redactor();
  ChunkDecoder decoder(redact);
  std::string text;
  std::string arguments;
  auto on_delta = [&](const ChatDelta& delta) {
    text += delta.text;
    if (delta.tool_call) arguments += delta.tool_call->arguments;
  };
  const detail::DeltaCallback callback(on_delta);
  for (const std::string& event : events) {
    Error error;
    const Step step = decoder.decode(event, 200, callback, error);
    if (step == Step::failed) return outcome_of_error(error, ErrorKind::cancelled);
    if (step != Step::more) return Outcome::wrong;
  }
  if (!decoder.finish(callback)) return Outcome::wrong;
  return text == expected.text && arguments == expected.arguments ? Outcome::right : Outcome::wrong;
}

TEST(AllocationFailures, Row67IsSurvivedWhileDecodingEnvelopesOfAStream) {
  const std::vector<std::string> events = {R"({"code":"200","data":{"answer":"some text that is not short"}})",
                                           R"({"code":"200","data":{"answer":")" + long_text + "\"}}",
                                           R"({"code":"200","data":{"answer":"end"}})"};
  const std::string text = "some text that is not short" + long_text + "end";
  expect_survives_allocation_failures([&] { return decode_events(events, {.text = text, .arguments = ""}); });
}

TEST(AllocationFailures, Row67IsSurvivedWhileJoiningTheHalvesOfCharacters) {
  const std::vector<std::string> events = {R"({"data":{"answer":"a text before the half \ud83d"}})",
                                           R"({"data":{"answer":"\ude00 and a text behind it \ud83d"}})",
                                           R"({"data":{"answer":"no half, but a text"}})",
                                           R"({"data":{"answer":"the last \ud83d"}})"};
  constexpr std::string_view text =
      "a text before the half \xF0\x9F\x98\x80 and a text behind it \xEF\xBF\xBDno half, but a textthe last "
      "\xEF\xBF\xBD";
  expect_survives_allocation_failures([&] { return decode_events(events, {.text = text, .arguments = ""}); });
}

TEST(AllocationFailures, Row67IsSurvivedWhileDecodingToolCallsOfAStream) {
  const std::vector<std::string> events = {
      R"({"id":"a request with a long identifier","model":"a model with a long name","choices":[{"delta":{"tool_calls":[
         {"index":0,"id":"a call with a long identifier","function":{"name":"a function with a long name","arguments":"{\"a\":"}},
         {"index":1,"id":"another call with a long identifier","function":{"name":"f","arguments":"{}"}}]}}]})",
      R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"an argument that is long \ud83d\ude00\"}"}}]}}]})",
      R"({"choices":[{"delta":{},"finish_reason":"a finish reason that is long"}],"usage":{"total_tokens":7}})"};
  constexpr std::string_view arguments = "{\"a\":{}\"an argument that is long \xF0\x9F\x98\x80\"}";
  expect_survives_allocation_failures([&] { return decode_events(events, {.text = "", .arguments = arguments}); });
}

TEST(AllocationFailures, Row67IsSurvivedWhileReadingTheErrorOfAStream) {
  const std::string event =
      R"({"code":"429","msg":"slow down, canary-id, for a while","data":{"errorMessage":")" + long_text + "\"}}";
  expect_survives_allocation_failures([&] {
    const base::Redactor redact = redactor();
    ChunkDecoder decoder(redact);
    auto ignore = [](const ChatDelta&) {};
    Error error;
    if (decoder.decode(event, 200, detail::DeltaCallback(ignore), error) != Step::failed) return Outcome::wrong;
    if (error.message.find("canary") != std::string::npos) return Outcome::wrong;
    return outcome_of_error(error, ErrorKind::rate_limited);
  });
}

Outcome decode_body(const std::string& body, std::string_view text) {
  const Result<ChatReply::Fields> fields = decode(body);
  if (!fields) return outcome_of_error(fields.error(), ErrorKind::cancelled);
  return fields->text == text && fields->raw == body ? Outcome::right : Outcome::wrong;
}

TEST(AllocationFailures, Row67IsSurvivedWhileDecodingAReply) {
  const std::string completion =
      R"({"id":"a request with a long identifier","model":"a model with a long name","choices":[{"message":{
         "content":")" +
      long_text + R"(","reasoning_content":"a thought that is not short","tool_calls":[
         {"id":"a call with a long identifier","function":{"name":"a function with a long name","arguments":"{}"}},
         {"id":"another call with a long identifier","function":{"name":"f","arguments":"{\"a\":1}"}}]},
         "finish_reason":"stop"}],"usage":{"total_tokens":7}})";
  expect_survives_allocation_failures([&] { return decode_body(completion, long_text); });
  const std::string repaired = R"({"code":"200","data":{"answer":"a half \ud83d that stays alone"}})";
  expect_survives_allocation_failures([&] { return decode_body(repaired, "a half \xEF\xBF\xBD that stays alone"); });
}

TEST(AllocationFailures, Row67IsSurvivedWhileReadingAnErrorBody) {
  const std::string body = R"({"error":{"message":"the credentials canary-id are not known here","code":"unknown"}})";
  expect_survives_allocation_failures([&] {
    const Error error = decode_error(401, body, redactor());
    if (error.message.find("canary") != std::string::npos) return Outcome::wrong;
    return error.kind == ErrorKind::authentication ? Outcome::right : Outcome::wrong;
  });
}

void expect_encoding_survives(const ChatRequest& request, WireForm form) {
  const std::string expected = encoded(request, form);
  expect_survives_allocation_failures([&] {
    const Result<std::string> body = encode_chat(request, form);
    if (!body) return outcome_of_error(body.error(), ErrorKind::cancelled);
    return *body == expected ? Outcome::right : Outcome::wrong;
  });
}

TEST(AllocationFailures, Row67IsSurvivedWhileEncodingARequest) {
  const ChatRequest request{
      .messages = {Message::system("You are brief, whatever you are asked."),
                   Message::user({text("what is it? \xF0\x9F\x98\x80 \"quoted\""),
                                  image_bytes(picture_of(png_magic, 20'000)).value(),
                                  image_url("https://example.com/a/picture/with/a/long/name.jpg")})},
      .temperature = 0.5,
      .stop = {"a word that ends the reply", "another word that ends it"},
      .response_format = R"({"type":"json_object"})",
      .tools = {{.name = "weather",
                 .description = "the weather in a place",
                 .parameters = R"({"type":"object","properties":{"place":{"type":"string"}}})"}},
      .extra = R"({"a member of the caller's":[1,2,{"and another":"that is nested"}]})"};
  expect_encoding_survives(request, WireForm::messages);
  expect_encoding_survives({.messages = {Message::system("You are brief, whatever you are asked."),
                                         Message::user("what is it? " + long_text)},
                            .extra = R"({"maxPromptToken":2048})"},
                           WireForm::prompt);
}

TEST(AllocationFailures, Row67IsSurvivedWhileOrderingAPicture) {
  const ImageRequest request{
      .prompt = long_text,
      .aspect_ratio = "9:16",
      .references = {image_url("https://example.com/a"), image_bytes(picture_of(png_magic, 5000)).value()},
      .extra = R"({"a member of the caller's own":1})"};
  const std::string whole = encode_image(request, WireForm::image).value();
  expect_survives_allocation_failures([&] {
    const Result<std::string> body = encode_image(request, WireForm::image);
    if (!body) return outcome_of_error(body.error(), ErrorKind::cancelled);
    return *body == whole ? Outcome::right : Outcome::wrong;
  });
}

TEST(AllocationFailures, Row67IsSurvivedWhileDecodingPictures) {
  const std::string url = "https://example.com/" + long_text;
  const std::string body = R"({"data":{"imageList":[{"url":")" + url + R"(","width":"7"},{"url":")" + url + "\"}]}}";
  expect_survives_allocation_failures([&] {
    const base::Redactor redact = redactor();
    const Result<ImageReply> reply = decode_image(200, std::string(body), redact);
    if (!reply) return outcome_of_error(reply.error(), ErrorKind::cancelled);
    return reply->images.size() == 2 && reply->images[1].url == url ? Outcome::right : Outcome::wrong;
  });
}

}  // namespace
}  // namespace chatopen::codec
