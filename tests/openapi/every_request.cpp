// Sends every kind of request that the SDK can send, and asks for every shape of reply, to the server that the
// environment names: for scripts/check_openapi.sh, which puts a validating proxy before the sandbox.

#include <chatopen/chatopen.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace co = chatopen;

namespace {

int calls = 0;
int failures = 0;

template <typename T>
void expect(std::string_view what, const co::Result<T>& result, std::optional<co::ErrorKind> kind = std::nullopt) {
  ++calls;
  const bool as_expected = kind ? !result && result.error().kind == *kind : result.has_value();
  if (as_expected) return;
  ++failures;
  std::cerr << what << ": ";
  if (result) {
    std::cerr << "succeeded\n";
  } else {
    std::cerr << result.error() << '\n' << result.error().body_snippet << '\n';
  }
}

co::CallOptions asking_for(const std::string& directives) {
  return {.retry = co::RetryPolicy::none(), .headers = {{"X-Sandbox-Reply", directives}}};
}

const auto ignore = [](const co::ChatDelta&) {};

void send_to_every_endpoint(const co::ChatClient& client) {
  for (co::Endpoint endpoint : co::endpoints::all()) {
    if (endpoint.wire_form != co::WireForm::messages && endpoint.wire_form != co::WireForm::prompt) continue;
    if (endpoint.path.find("{model}") != std::string::npos && endpoint.model.empty()) endpoint.model = "a model/v1";
    const co::ChatRequest request{.endpoint = endpoint,
                                  .messages = {co::Message::system("Be brief."), co::Message::user("Why?")}};
    expect(endpoint.name, client.chat(request));
    expect(endpoint.name + ", streaming", client.chat(request, ignore));
    expect(endpoint.name + ", asynchronous", client.chat_async(request).get());
  }
}

// What the messages form can say.
void send_every_message(const co::ChatClient& client) {
  const co::ImagePart bytes = co::image_bytes("GIF89a, or so it begins").value();
  const std::vector<std::pair<const char*, co::ChatRequest>> requests = {
      {"a text", {.messages = {co::Message::user("Why?")}}},
      {"a picture by URL",
       {.messages = {co::Message::user({co::text("What?"), co::image_url("https://x.example/a.jpg")})}}},
      {"a picture from memory", {.messages = {co::Message::user({bytes})}}},
      {"a history",
       {.messages = {co::Message::system("Be brief."), co::Message::user("Why?"), co::Message::assistant("Because."),
                     co::Message::user("晴 🌞\n\"\\")}}},
      {"a tool's result",
       {.messages = {co::Message::user("What time is it?"),
                     {.role = co::Role::assistant,
                      .tool_calls = {{.id = "call_1", .name = "clock", .arguments = R"({"zone":"UTC"})"}}},
                     co::Message::tool("call_1", "noon")}}},
      {"every setting",
       {.messages = {co::Message::user("Why?")},
        .temperature = 0.5,
        .top_p = 1,
        .max_tokens = 100,
        .stop = {"\n", "."},
        .seed = 7,
        .response_format = R"({"type":"json_object"})",
        .tools = {{.name = "clock"},
                  {.name = "weather", .description = "now", .parameters = R"({"type":"object","properties":{}})"}},
        .tool_choice = "auto",
        .extra = R"({"knowledgeBase":"handbook","nested":{"list":[1,null]}})"}},
      {"a tool chosen",
       {.messages = {co::Message::user("Why?")},
        .tools = {{.name = "clock"}},
        .tool_choice = R"({"type":"function","function":{"name":"clock"}})"}},
  };
  for (const auto& [what, each] : requests) {
    co::ChatRequest request = each;
    request.endpoint = co::endpoints::gpt_4o_multimodal();
    expect(what, client.chat(request));
    expect(std::string(what) + ", streaming", client.chat(request, ignore));
  }
}

void send_every_prompt(const co::ChatClient& client) {
  for (const char* const path :
       {"/AIGCChatOpenServ/saas/moonshot-128k/text", "/AIGCChatOpenServ/saas/moonshot-128k/stream"}) {
    co::ChatRequest request{.endpoint = co::Endpoint::custom(path, co::WireForm::prompt),
                            .messages = {co::Message::user("Why?")}};
    expect(path, client.chat(request));
    request.messages.insert(request.messages.begin(), co::Message::system("Be brief."));
    request.temperature = 0.5;
    request.extra = R"({"maxPromptToken":2048})";
    expect(path, client.chat(request, ignore));
  }
}

// The replies are checked, too.
void ask_for_every_reply(const co::ChatClient& client) {
  const co::ChatRequest chat{.endpoint = co::endpoints::gpt_4o(), .messages = {co::Message::user("Why?")}};
  for (const char* const directives : {"shape=envelope", "shape=envelope-number", "shape=completion; reasoning=Hm",
                                       "shape=completion-in-data", "shape=completion; tool-call=weather"}) {
    expect(directives, client.chat(chat, asking_for(directives)));
    expect(directives, client.chat(chat, ignore, asking_for(directives)));
  }
  using Kind = co::ErrorKind;
  expect("an envelope's code", client.chat(chat, asking_for("envelope=1001")), Kind::api);
  expect("an error object", client.chat(chat, asking_for("status=400; shape=error-object")), Kind::invalid_request);
  expect("an error text", client.chat(chat, asking_for("status=403; shape=error-text")), Kind::permission_denied);
  expect("a refusal", client.chat(chat, asking_for("status=429; retry-after=1")), Kind::rate_limited);
  expect("a proxy's page", client.chat(chat, asking_for("status=502; shape=html")), Kind::server_error);
}

void order_pictures(const co::ChatClient& client) {
  for (const co::Endpoint& endpoint :
       {co::endpoints::gpt_image_1(),
        co::Endpoint::custom("/AIGCChatOpenServ/saas/gemini-3.1-flash-image-preview/image/generation",
                             co::WireForm::image)}) {
    const co::ImageRequest cat{.endpoint = endpoint, .prompt = "a cat"};
    expect("a picture to order", client.generate_image(cat));
    expect("a picture to order, asynchronous", client.generate_image_async(cat).get());
    expect("a picture to order, with everything",
           client.generate_image({.endpoint = endpoint,
                                  .prompt = "a cat",
                                  .aspect_ratio = "9:16",
                                  .resolution = "1K",
                                  .output_format = "png",
                                  .enable_search = true,
                                  .references = {co::image_url("https://x.example/a.jpg"),
                                                 co::image_bytes("GIF89a, or so it begins").value()},
                                  .extra = R"({"style":"ink"})"}));
    for (const char* const directives : {"pictures=3", "picture=data-url", "shape=envelope-number"}) {
      expect(directives, client.generate_image(cat, asking_for(directives)));
    }
    expect("no picture", client.generate_image(cat, asking_for("pictures=0")), co::ErrorKind::protocol);
    expect("an order refused", client.generate_image(cat, asking_for("status=429")), co::ErrorKind::rate_limited);
  }
}

void upload(const co::ChatClient& client) {
  const auto bytes = std::make_shared<const std::string>("GIF89a, or so it begins");
  const co::UploadRequest cat{.bytes = bytes, .file_name = "cat \"晴\".gif"};
  expect("an upload", client.upload(cat));
  expect("an upload, asynchronous", client.upload_async(cat).get());
  for (const char* const directives : {"shape=url", "shape=data.url", "shape=fileUrl", "shape=data.fileUrl"}) {
    expect(directives, client.upload(cat, asking_for(directives)));
  }
  expect("an upload refused", client.upload(cat, asking_for("status=413")), co::ErrorKind::invalid_request);
}

}  // namespace

int main() try {
  const co::ChatClient client = co::ChatClient::create(co::ClientOptions::from_environment().value()).value();
  send_to_every_endpoint(client);
  send_every_message(client);
  send_every_prompt(client);
  ask_for_every_reply(client);
  order_pictures(client);
  upload(client);
  std::cout << calls << " calls, " << failures << " of them not as expected\n";
  return failures == 0 ? 0 : 1;
} catch (const co::Exception& failed) {
  std::cerr << failed.what() << '\n';
  return 1;
}
