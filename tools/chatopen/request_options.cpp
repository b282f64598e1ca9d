#include "request_options.hpp"

#include <CLI/CLI.hpp>

#include <string_view>
#include <utility>

namespace chatopen::program {
namespace {

template <typename T>
CLI::Option* add_optional(CLI::App& command, const char* name, std::optional<T>& value, const char* description) {
  return command
      .add_option_function<T>(
          name, [&value](const T& given) { value = given; }, description)
      ->group(inferred_members);
}

}  // namespace

void add_request_options(CLI::App& command, RequestOptions& options) {
  add_endpoint_options(command, options.endpoint, chat_endpoint);
  command.add_option("-s,--system", options.system, "Say this to the model first: what it should be and do")
      ->type_name("TEXT")
      ->group(inferred_members);
  add_optional(command, "--temperature", options.temperature, "Ask for this temperature, usually 0 to 2")
      ->type_name("NUMBER");
  add_optional(command, "--top-p", options.top_p, "Ask for this nucleus, usually 0 to 1")->type_name("NUMBER");
  add_optional(command, "--max-tokens", options.max_tokens, "Ask for a reply of at most so many tokens")
      ->type_name("COUNT");
  add_optional(command, "--seed", options.seed, "Ask for a reply that repeats, where the model can")
      ->type_name("NUMBER");
  command.add_option("--stop", options.stop, "Ask to stop at this text; may be repeated")
      ->allow_extra_args(false)
      ->type_name("TEXT")
      ->group(inferred_members);
  command.add_option("--extra", options.extra, "Put the members of this JSON object into the request as they are")
      ->type_name("JSON")
      ->group("Request");
}

Result<ChatRequest> RequestOptions::request() const {
  Result<Endpoint> resolved = endpoint.resolve(chat_endpoint);
  if (!resolved) return std::move(resolved).error();
  ChatRequest request;
  request.endpoint = *std::move(resolved);
  request.temperature = temperature;
  request.top_p = top_p;
  request.max_tokens = max_tokens;
  request.stop = stop;
  request.seed = seed;
  request.extra = extra;
  return request;
}

Result<ImagePart> picture(const std::string& url_or_file) {
  for (const std::string_view scheme : {"https:", "http:", "data:"}) {
    if (url_or_file.starts_with(scheme)) return image_url(url_or_file);
  }
  return image_file(url_or_file);
}

Result<Message> user_message(std::string said, const std::vector<std::string>& pictures) {
  if (pictures.empty()) return Message::user(std::move(said));
  std::vector<ContentPart> parts = {text(std::move(said))};
  for (const std::string& each : pictures) {
    Result<ImagePart> part = picture(each);
    if (!part) return std::move(part).error();
    parts.emplace_back(*std::move(part));
  }
  return Message::user(std::move(parts));
}

}  // namespace chatopen::program
