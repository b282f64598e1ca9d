#include <chatopen/endpoint.hpp>

#include "client/path.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

namespace chatopen {
namespace {

// Arrays, since each pointer would need a relocation when the program is loaded.
struct Entry {
  char name[24];
  char model[20];
  char reference_name[40];
  WireForm wire_form = WireForm::messages;
  Provenance provenance = Provenance::inferred;
};

// In the reference's order, and behind them what it does not name.
constexpr Entry entries[] = {
    {"role-play", "", "角色扮演模型通用请求接口"},
    {"general-llm", "", "大语言模型通用请求接口"},
    {"general-agent", "", "智能体模型通用请求接口"},
    {"gpt-4o", "gpt-4o", "gpt-4o"},
    {"gpt-4o-multimodal", "gpt-4o", "gpt-4o-多模态", WireForm::messages, Provenance::documented},
    {"moonshot-128k", "moonshot-128k", "moonshot-128k"},
    {"deepseek-chat", "deepseek-chat", "deepseek-chat"},
    {"claude-v3.5-sonnet", "claude-v3.5-sonnet", "claude-v3.5-sonnet"},
    {"deepseek-chat-streaming", "deepseek-chat", "deepseek-chat 流式输出", WireForm::prompt},
    {"gpt-image-1", "gpt-image-1", "gpt-image-1", WireForm::image},
    {"model-k-v1", "model-k", "model-k(v1)"},
    {"gemini", "gemini", "gemini"},
    {"file-upload", "", "", WireForm::upload, Provenance::observed},
};
constexpr std::size_t named_by_reference = std::size(entries) - 1;

const char* path_of(WireForm form) noexcept {
  switch (form) {
    case WireForm::prompt: return "/AIGCChatOpenServ/saas/{model}/stream";
    case WireForm::image: return "/AIGCChatOpenServ/saas/{model}/image/generation";
    case WireForm::upload: return "/AIGCChatOpenServ/saas/file/upload";
    default: return "/AIGCChatOpenServ/saas/{model}/text/v3";
  }
}

// Without a model the placeholder stays, so that the endpoint can be listed, but not called.
Endpoint make(const Entry& entry, std::string model) {
  std::string path = path_of(entry.wire_form);
  if (!model.empty()) path = client::fill_model(path, model);
  return {.path = std::move(path),
          .wire_form = entry.wire_form,
          .provenance = entry.provenance,
          .name = entry.name,
          .model = std::move(model),
          .reference_name = entry.reference_name};
}

Endpoint make(const Entry& entry) {
  return make(entry, entry.model);
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
  return make(entries[0], std::move(model));
}
Endpoint general_llm(std::string model) {
  return make(entries[1], std::move(model));
}
Endpoint general_agent(std::string model) {
  return make(entries[2], std::move(model));
}
Endpoint gpt_4o() {
  return make(entries[3]);
}
Endpoint gpt_4o_multimodal() {
  return make(entries[4]);
}
Endpoint moonshot_128k() {
  return make(entries[5]);
}
Endpoint deepseek_chat() {
  return make(entries[6]);
}
Endpoint claude_v3_5_sonnet() {
  return make(entries[7]);
}
Endpoint deepseek_chat_streaming() {
  return make(entries[8]);
}
Endpoint gpt_image_1() {
  return make(entries[9]);
}
Endpoint model_k_v1() {
  return make(entries[10]);
}
Endpoint gemini() {
  return make(entries[11]);
}
Endpoint file_upload() {
  return make(entries[named_by_reference]);
}

std::vector<Endpoint> all() {
  std::vector<Endpoint> list;
  list.reserve(named_by_reference);
  for (std::size_t i = 0; i < named_by_reference; ++i) list.push_back(make(entries[i]));
  return list;
}

}  // namespace endpoints
}  // namespace chatopen
