// Every other public name, and a second translation unit: a header that defines something twice does not link.
#include <chatopen/chatopen.hpp>
#include <chatopen/clock.hpp>
#include <chatopen/conversation.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/observer.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/structured_output.hpp>
#include <chatopen/testing/manual_clock.hpp>
#include <chatopen/testing/mock_transport.hpp>
#include <chatopen/tools.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace co = chatopen;
using namespace std::chrono_literals;

namespace {

int failures = 0;

void expect(bool condition, const char* what) {
  if (condition) return;
  std::cerr << "not so: " << what << '\n';
  ++failures;
}

int number_of(co::ErrorKind kind) {
  using enum co::ErrorKind;
  switch (kind) {  // Closed: no default.
    case invalid_argument:
    case configuration:
    case io:
    case resolve:
    case connect:
    case tls:
    case proxy:
    case connection:
    case timeout:
    case truncated:
    case cancelled:
    case redirect_refused:
    case protocol:
    case too_large:
    case authentication:
    case permission_denied:
    case not_found:
    case rate_limited:
    case invalid_request:
    case server_error:
    case api: return static_cast<int>(kind);
  }
  return -1;
}

co::ClientOptions every_client_option() {
  return {
      .base_url = "https://gateway.example",
      .credentials = {.access_key_id = "id", .access_key_secret = "secret"},
      .transport = std::make_shared<co::testing::MockTransport>(),
      .timeouts = {.connect = 1s, .first_byte = 1min, .idle = 10s, .total = 0s},
      .retry = {.max_retries = 1, .initial_backoff = 1ms, .max_backoff = 2ms, .max_retry_after = 1s},
      .limits = {.max_reply_bytes = 1024, .max_event_bytes = 512, .max_error_body_bytes = 64},
      .endpoints = {{.name = "gpt-4o", .path = "/elsewhere", .wire_form = co::WireForm::prompt}},
      .observer = std::make_shared<co::Observer>(),
      .allow_http = false,
      .clock = std::make_shared<co::testing::ManualClock>(),
  };
}

co::ChatRequest every_request_member() {
  return {
      .endpoint = co::Endpoint::custom("/v1/chat", co::WireForm::messages),
      .messages = {co::Message::system("Be brief."), co::Message::user("Hello"), co::Message::assistant("Hi"),
                   co::Message::tool("call-1", "42")},
      .temperature = 0.5,
      .top_p = 0.9,
      .max_tokens = 100,
      .stop = {"END"},
      .seed = 7,
      .response_format = R"({"type":"json_object"})",
      .tools = {{.name = "add", .description = "adds", .parameters = R"({"type":"object"})"}},
      .tool_choice = "auto",
      .extra = R"({"user":"me"})",
  };
}

void check_reply() {
  const char* body =
      R"({"id":"r1","model":"m","choices":[{"finish_reason":"tool_calls","message":{"content":"hi","reasoning_content":"hm",)"
      R"("tool_calls":[{"id":"c","type":"function","function":{"name":"add","arguments":"{}"}}]}}],)"
      R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})";
  co::ClientOptions options = every_client_option();
  auto mock = std::make_shared<co::testing::MockTransport>();
  mock->reply({.body = body});
  options.transport = mock;
  const co::Result<co::ChatReply> reply = co::ChatClient::create(options).value().chat(every_request_member());
  if (!reply) {
    std::cerr << reply.error() << '\n';
    ++failures;
    return;
  }
  expect(reply->text() == "hi" && reply->reasoning() == "hm", "text and reasoning");
  expect(reply->finish_reason() == "tool_calls" && reply->model() == "m", "finish reason and model");
  expect(reply->usage() && reply->usage()->prompt_tokens == 1 && reply->usage()->completion_tokens == 2 &&
             reply->usage()->total_tokens == 3,
         "usage");
  expect(reply->tool_calls().size() == 1 && reply->tool_calls()[0].id == "c" && reply->tool_calls()[0].name == "add" &&
             reply->tool_calls()[0].arguments == "{}",
         "tool calls");
  expect(reply->attempts() == 1 && reply->raw() == body, "attempts and raw body");
  expect(reply->request_id() == reply->request_id(), "request id");
}

void check_stream() {
  co::ClientOptions options = every_client_option();
  auto mock = std::make_shared<co::testing::MockTransport>();
  mock->reply_stream({"data:{\"code\":\"200\",\"da", "ta\":{\"answer\":\"hi\"}}\n\n", "data:[DONE]\n\n"});
  options.transport = mock;
  const co::Result<co::ChatReply> reply = co::ChatClient::create(options).value().chat(every_request_member());
  expect(reply && reply->text() == "hi", "a blocking call puts a stream together");
  mock->requests();
  expect(mock->remaining() == 0, "the mock's script is used up");
}

void check_error() {
  const co::Result<co::ChatClient> refused = co::ChatClient::create({.base_url = "ftp://gateway.example"});
  expect(!refused && refused.error().kind == co::ErrorKind::configuration, "a wrong base URL is refused");
  const co::Error error = refused.error();
  expect(error.http_status == 0 && error.code.empty() && !error.message.empty() && error.request_id.empty() &&
             !error.retry_after && error.attempts == 0 && !error.maybe_processed && error.body_snippet.empty(),
         "a local error knows no reply");
  expect(error.detail == error.detail, "detail");
  try {
    (void)refused.value();
    expect(false, "value() throws");
  } catch (const co::Exception& exception) {
    expect(exception.error().kind == co::ErrorKind::configuration && exception.what()[0] != '\0',
           "the exception tells");
  }
  expect(number_of(error.kind) >= 0, "the kinds are a closed set");
}

void check_endpoints() {
  expect(co::endpoints::all().size() == 12, "twelve endpoints");
  const std::vector<co::Endpoint> made = {
      co::endpoints::role_play("m"),      co::endpoints::general_llm("m"),
      co::endpoints::general_agent("m"),  co::endpoints::gpt_4o(),
      co::endpoints::gpt_4o_multimodal(), co::endpoints::moonshot_128k(),
      co::endpoints::deepseek_chat(),     co::endpoints::claude_v3_5_sonnet(),
      co::endpoints::model_k_v1(),        co::endpoints::deepseek_chat_streaming(),
      co::endpoints::gpt_image_1(),       co::endpoints::gemini(),
  };
  for (const co::Endpoint& endpoint : made) {
    expect(!endpoint.path.empty() && !co::to_string(endpoint.wire_form).empty() &&
               !co::to_string(endpoint.provenance).empty(),
           "an endpoint has a path, a form and a provenance");
  }
  expect(co::endpoints::gpt_4o_multimodal().provenance == co::Provenance::documented &&
             co::endpoints::gpt_4o().provenance == co::Provenance::inferred &&
             co::Provenance::observed != co::Provenance::inferred,
         "provenance is data");
  expect(co::endpoints::gpt_image_1().wire_form == co::WireForm::image && co::WireForm::upload != co::WireForm::prompt,
         "wire forms");
}

void check_conversations(const co::ChatClient& client) {
  co::Conversation talk(client, co::endpoints::role_play("innkeeper"), "You keep an inn.");
  talk.set_limits({.max_messages = 10, .max_exchanges = 5, .max_tokens = 1000, .estimate_tokens = co::rough_tokens});
  expect(talk.accept("A room?", co::ChatReply({.text = "Yes."})).has_value() && talk.history().size() == 2,
         "an exchange");
  co::Conversation branch = talk;
  expect(branch.restore(talk.to_json().value()).has_value() && branch.prepare("And?").messages.size() == 4, "a branch");
  expect(!branch.ask(co::Message::assistant("?"), [](const co::ChatDelta&) {}), "a question that cannot be asked");
  expect(!branch.accept(branch.ask_async(co::Message::assistant("?"), [](const co::ChatDelta&) {})), "the same later");

  const co::ToolHandler tool{
      .tool = {.name = "f", .parameters = co::JsonSchema::object({{"a", co::JsonSchema::integer(), false}}).text()},
      .run = [](const std::string&) -> co::Result<std::string> { return std::string("1"); }};
  co::ToolLoop loop({.messages = {co::Message::user("?")}}, {tool},
                    {.max_steps = 2, .on_fault = co::ToolFault::end_run});
  loop.accept(co::ChatReply({.tool_calls = {{.id = "1", .name = "f"}}}));
  loop.accept(co::ChatReply({.text = "one"}));
  const co::ToolRun run = std::move(loop).finish();
  expect(run.reply && run.transcript.size() == 3 && run.steps == 2, "a run of tools");
  expect(!co::run_tools(talk, "?", {{}}, [](const co::ChatDelta&) {}).reply, "a tool without a function");

  co::JsonLoop json(client, {}, [](const std::string& text) { return text == "[1]" ? "" : "not it"; });
  json.accept(co::ChatReply({.text = "So: [1]"}));
  expect(std::move(json).finish().value().json == "[1]" && co::find_json("[2] {}").size() == 2,
         "JSON out of an answer");
}

void check_pictures(const std::string& picture) {
  const co::Result<co::ImagePart> cat = co::image_file(picture);
  expect(cat && cat->media_type() == "image/png", "a picture from a file");
  const co::Result<co::ImagePart> bytes = co::image_bytes(std::string("not a picture"));
  expect(!bytes && bytes.error().kind == co::ErrorKind::invalid_argument, "what is no picture is refused");
}

void check_images() {
  co::ClientOptions options = every_client_option();
  auto mock = std::make_shared<co::testing::MockTransport>();
  options.transport = mock;
  const co::ChatClient client = co::ChatClient::create(options).value();
  const co::ImageRequest request{
      .endpoint = co::endpoints::gpt_image_1(),
      .prompt = "a cat",
      .aspect_ratio = "9:16",
      .resolution = "1K",
      .output_format = "png",
      .enable_search = false,
      .references = {co::image_url("https://example.com/a.jpg")},
      .extra = R"({"style":"oil"})",
  };
  const char* body =
      R"({"code":"200","data":{"imageList":[{"url":"data:image/bmp;base64,Qk0=","width":2,"height":1}]}})";
  for (int i = 0; i < 3; ++i) mock->reply({.body = body});
  const co::Result<co::ImageReply> made = client.generate_image(request);
  expect(made && made->images[0].width == 2 && made->images[0].height == 1 && made->attempts == 1 &&
             made->raw == body && made->request_id.empty(),
         "a picture is made");
  std::size_t finished = 0;
  const std::vector<co::Result<co::ImageReply>> both = client.generate_images(
      {request, request}, [&](const co::ImageProgress& progress) { finished = progress.finished; },
      {.max_concurrent = 2});
  expect(both.size() == 2 && both[1] && finished == 2, "two pictures are made");
  mock->reply({.body = body});
  co::Pending<std::vector<co::Result<co::ImageReply>>> more = client.generate_images_async(
      {request}, [&](const co::ImageProgress& progress) { finished += progress.finished; }, {.max_concurrent = 1});
  more.wait();
  const auto ordered = std::move(more).get();
  expect(ordered && ordered->size() == 1 && ordered->at(0) && finished == 3, "and one without waiting");
  expect(!client.generate_images_async({request}).get().value()[0], "the mock's script has an end");
  expect(!client.generate_image_async(request).get(), "also for a single picture");
  const co::SaveOptions how{.max_bytes = 1024, .overwrite = true, .sync = false};
  const co::Result<co::SavedFile> saved = client.save(made->images[0], "chatopen-names.bmp", how);
  expect(saved && saved->path == "chatopen-names.bmp" && saved->bytes == 2 && saved->media_type == "image/bmp",
         "a picture is saved");
  const co::Result<co::SavedFile> later = client.save_async(made->images[0], "chatopen-names.bmp").get();
  expect(later && std::remove("chatopen-names.bmp") == 0, "and again, asynchronously");
}

void check_uploads(const std::string& picture) {
  auto mock = std::make_shared<co::testing::MockTransport>();
  for (int i = 0; i < 5; ++i) mock->reply({.body = R"({"url":"https://files.example/a"})"});
  co::ClientOptions options = every_client_option();
  options.transport = mock;
  const co::ChatClient client = co::ChatClient::create(options).value();
  co::Result<co::UploadedFile> up = client.upload(picture);
  expect(up && up->url == "https://files.example/a" && up->attempts == 1 && !up->raw.empty() && up->request_id.empty(),
         "an upload");
  std::uint64_t told = 0;
  up = client.upload({.path = picture, .file_name = "a.png", .media_type = "image/png"},
                     [&](std::uint64_t sent, std::uint64_t total) { told = sent == total ? total : 0; });
  expect(up && told > 0, "an upload with its progress");
  co::Pending<co::UploadedFile> pending = client.upload_async({.bytes = std::make_shared<const std::string>("abc")});
  expect(std::move(pending).get().has_value(), "an asynchronous upload");
  const co::Result<co::AttachedImage> attached = client.attach_image(picture);
  expect(attached && attached->part.location() == "https://files.example/a" && !attached->fallback_reason,
         "an attached picture");
  expect(client.attach_image_async(picture).get().has_value(), "an attached picture, asynchronously");
  expect(co::endpoints::file_upload().wire_form == co::WireForm::upload, "the endpoint of uploads");
}

}  // namespace

int check_names(const std::string& picture) {
  check_reply();
  check_stream();
  check_error();
  check_endpoints();
  check_pictures(picture);
  check_conversations(co::ChatClient::create(every_client_option()).value());
  check_images();
  check_uploads(picture);
  const co::Result<co::ClientOptions> environment = co::ClientOptions::from_environment();
  expect(!environment && environment.error().kind == co::ErrorKind::configuration, "an empty environment is an error");
  const co::Result<co::ClientOptions> file = co::ClientOptions::from_file("/nonexistent/chatopen.json");
  expect(!file && file.error().kind == co::ErrorKind::io, "a missing file is an error");
  expect(co::CurlTransport::create({.user_agent = "outside/1",
                                    .max_idle_connections = 1,
                                    .max_connections_per_host = 2,
                                    .max_connections = 3,
                                    .poll_driven = true})
             .has_value(),
         "a transport with options");
  co::CancelSource source;
  co::CallOptions call = {.headers = {{.name = "X-Trace", .value = "1"}}, .cancel = source.token()};
  source.cancel();
  const co::Result<co::ChatReply> cancelled =
      co::ChatClient::create(every_client_option()).value().chat(every_request_member(), call);
  expect(!cancelled && cancelled.error().kind == co::ErrorKind::cancelled, "a cancelled call says so");
  return failures;
}
