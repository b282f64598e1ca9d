#include "sandbox/service.hpp"

#include "base/ascii.hpp"
#include "sandbox/forms.hpp"
#include "sandbox/json_body.hpp"
#include "sandbox/percent.hpp"
#include "sandbox/picture_answer.hpp"
#include "sandbox/reply_directives.hpp"
#include "sandbox/reply_shapes.hpp"
#include "sandbox/turn.hpp"
#include "sandbox/upload_form.hpp"

#include <optional>
#include <utility>

namespace chatopen::sandbox {
namespace {

struct Route {
  std::string model = {};
  std::string (*describe)(const Json& body) = nullptr;
  UsualReply (*usual_reply)(const Json& body) = nullptr;
};

UsualReply envelope(const Json& /*body*/) {
  return UsualReply::envelope;
}

UsualReply envelope_stream(const Json& /*body*/) {
  return UsualReply::envelope_stream;
}

UsualReply completion_stream_if_asked(const Json& body) {
  const Json* stream = find(body, "stream");
  return stream != nullptr && *stream == true ? UsualReply::completion_stream : UsualReply::envelope;
}

UsualReply pictures(const Json& /*body*/) {
  return UsualReply::pictures;
}

std::string decode_model(std::string_view segment) {
  std::optional<std::string> model = percent_decode(segment);
  if (!model) throw Refusal("the path has a % without two hexadecimal digits");
  if (*model == "." || *model == "..") throw Refusal("the path has the segment " + *model + ", which leads elsewhere");
  return *std::move(model);
}

constexpr std::string_view prefix = "/AIGCChatOpenServ/saas/";

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

bool leads_to_upload(std::string_view target) {
  const std::string_view path = path_of(target);
  return path.starts_with(prefix) && path.substr(prefix.size()) == "file/upload";
}

Route find_route(std::string_view target) {
  const std::string_view path = path_of(target);
  if (path.starts_with(prefix)) {
    const std::string_view rest = path.substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash != 0 && slash != std::string_view::npos) {
      const std::string_view action = rest.substr(slash);
      const std::string_view model = rest.substr(0, slash);
      if (action == "/text/v3") return {decode_model(model), describe_messages_form, completion_stream_if_asked};
      if (action == "/text") return {decode_model(model), describe_prompt_form, envelope};
      if (action == "/image/generation") return {decode_model(model), describe_image_form, pictures};
      if (action == "/stream") return {decode_model(model), describe_prompt_form, envelope_stream};
    }
  }
  throw Refusal(404, "no such path: " + std::string(path) +
                         "; the sandbox serves POST /AIGCChatOpenServ/saas/{model}/text/v3 (messages form), "
                         "…/{model}/text and …/{model}/stream (prompt form), …/{model}/image/generation (image form), "
                         "and /AIGCChatOpenServ/saas/file/upload");
}

// Takes the same time wherever the texts differ.
bool equal_in_constant_time(std::string_view given, std::string_view expected) noexcept {
  bool equal = given.size() == expected.size();
  for (std::size_t i = 0; i < given.size(); ++i) equal &= given[i] == expected[i % expected.size()];
  return equal;
}

void check_content_type(const Incoming& request) {
  const std::string* value = request.header("Content-Type");
  if (value == nullptr) throw Refusal("the header Content-Type is missing; expected application/json");
  std::string_view type = std::string_view(*value).substr(0, value->find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (!base::equal_ignoring_case(type, "application/json")) {
    throw Refusal("the header Content-Type is " + in_quotes(*value) + "; expected application/json");
  }
}

}  // namespace

const std::string* Incoming::header(std::string_view name) const {
  const std::string* value = nullptr;
  for (const HttpHeader& each : headers) {
    if (!base::equal_ignoring_case(each.name, name)) continue;
    if (value != nullptr) throw Refusal("the header " + std::string(name) + " came twice");
    value = &each.value;
  }
  return value;
}

Service::Service(Credentials credentials, std::string pictures_url, std::uint64_t max_upload_bytes)
    : credentials_(std::move(credentials)),
      pictures_url_(std::move(pictures_url)),
      max_upload_bytes_(max_upload_bytes) {}

void Service::check_credentials(const Incoming& request) const {
  constexpr const char* id_header = "X-Request-Req-Accesskeyid";
  constexpr const char* secret_header = "X-Request-Req-Accesskeysecret";
  const std::string* id = request.header(id_header);
  const std::string* secret = request.header(secret_header);
  if (id == nullptr) throw Refusal(401, std::string("the header ") + id_header + " is missing");
  if (secret == nullptr) throw Refusal(401, std::string("the header ") + secret_header + " is missing");
  const bool id_matches = equal_in_constant_time(*id, credentials_.access_key_id.reveal());
  const bool secret_matches = equal_in_constant_time(*secret, credentials_.access_key_secret.reveal());
  if (!id_matches || !secret_matches) throw Refusal(401, "this sandbox has other credentials");
}

Answer Service::take_upload(const Incoming& request) const {
  const UploadForm form = parse_upload_form(request.header("Content-Type"), request.body, max_upload_bytes_);
  const std::string* directives = request.header("X-Sandbox-Reply");
  const ReplyDirectives wanted = parse_reply_directives(directives == nullptr ? "" : *directives, UsualReply::upload);
  return make_answer(wanted, {}, wanted.text.value_or(url_of(form)), request.body.size());
}

Answer Service::serve(const Incoming& request) const {
  try {
    const bool upload = leads_to_upload(request.target);
    const Route route = upload ? Route{} : find_route(request.target);
    if (request.method != "POST") {
      throw Refusal(405, "this path takes POST, not " + request.method, {{"Allow", "POST"}});
    }
    check_credentials(request);
    if (upload) return take_upload(request);
    check_content_type(request);
    const Json body = parse_object(request.body);
    const std::string received = route.model + " received " + route.describe(body);
    const std::string* directives = request.header("X-Sandbox-Reply");
    const UsualReply usual = route.usual_reply(body);
    ReplyDirectives wanted = parse_reply_directives(directives == nullptr ? "" : *directives, usual);
    take_turn(wanted, body);
    if (usual == UsualReply::pictures) {
      return make_picture_answer(wanted, route.model, received, order_of(body), pictures_url_);
    }
    return make_answer(wanted, route.model, wanted.text.value_or(received), request.body.size());
  } catch (const Refusal& refusal) {
    return make_refusal(refusal);
  }
}

}  // namespace chatopen::sandbox
