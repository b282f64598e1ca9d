#include <chatopen/endpoint.hpp>

#include "client/path.hpp"

#include <utility>

namespace chatopen {
namespace {

// Without a model the placeholder stays, so that the endpoint can be listed, but not called.
Endpoint on_path(const char* path, WireForm wire_form, std::string name, std::string model,
                 std::string reference_name) {
  return {.path = model.empty() ? path : client::fill_model(path, model),
          .wire_form = wire_form,
          .name = std::move(name),
          .model = std::move(model),
          .reference_name = std::move(reference_name)};
}

Endpoint on_messages(std::string name, std::string model, std::string reference_name) {
  return on_path("/AIGCChatOpenServ/saas/{model}/text/v3", WireForm::messages, std::move(name), std::move(model),
                 std::move(reference_name));
}

}  // namespace

std::string_view to_string(WireForm form) noexcept {
  switch (form) {
    case WireForm::messages: return "messages";
    case WireForm::prompt: return "prompt";
    case WireForm::image: return "image";
    case WireForm::upload: return "upload";
  }
  return "unknown";
}

std::string_view to_string(Provenance provenance) noexcept {
  switch (provenance) {
    case Provenance::documented: return "documented";
    case Provenance::observed: return "observed";
    case Provenance::inferred: return "inferred";
  }
  return "unknown";
}

Endpoint Endpoint::custom(std::string path, WireForm wire_form) {
  return {.path = std::move(path), .wire_form = wire_form};
}

namespace endpoints {

Endpoint role_play(std::string model) {
  return on_messages("role-play", std::move(model), "角色扮演模型通用请求接口");
}
Endpoint general_llm(std::string model) {
  return on_messages("general-llm", std::move(model), "大语言模型通用请求接口");
}
Endpoint general_agent(std::string model) {
  return on_messages("general-agent", std::move(model), "智能体模型通用请求接口");
}
Endpoint gpt_4o() {
  return on_messages("gpt-4o", "gpt-4o", "gpt-4o");
}

Endpoint gpt_4o_multimodal() {
  Endpoint endpoint = on_messages("gpt-4o-multimodal", "gpt-4o", "gpt-4o-多模态");
  endpoint.provenance = Provenance::documented;
  return endpoint;
}

Endpoint moonshot_128k() {
  return on_messages("moonshot-128k", "moonshot-128k", "moonshot-128k");
}
Endpoint deepseek_chat() {
  return on_messages("deepseek-chat", "deepseek-chat", "deepseek-chat");
}
Endpoint claude_v3_5_sonnet() {
  return on_messages("claude-v3.5-sonnet", "claude-v3.5-sonnet", "claude-v3.5-sonnet");
}

Endpoint deepseek_chat_streaming() {
  return on_path("/AIGCChatOpenServ/saas/{model}/stream", WireForm::prompt, "deepseek-chat-streaming", "deepseek-chat",
                 "deepseek-chat 流式输出");
}

Endpoint gpt_image_1() {
  return on_path("/AIGCChatOpenServ/saas/{model}/image/generation", WireForm::image, "gpt-image-1", "gpt-image-1",
                 "gpt-image-1");
}

Endpoint model_k_v1() {
  return on_messages("model-k-v1", "model-k", "model-k(v1)");
}
Endpoint gemini() {
  return on_messages("gemini", "gemini", "gemini");
}

std::vector<Endpoint> all() {
  return {role_play({}),   general_llm({}),      general_agent({}),
          gpt_4o(),        gpt_4o_multimodal(),  moonshot_128k(),
          deepseek_chat(), claude_v3_5_sonnet(), deepseek_chat_streaming(),
          gpt_image_1(),   model_k_v1(),         gemini()};
}

}  // namespace endpoints
}  // namespace chatopen
