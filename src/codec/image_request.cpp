#include "codec/image_request.hpp"

#include "codec/body_writer.hpp"
#include "codec/field_check.hpp"
#include "codec/json_text.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace chatopen::codec {
namespace {

struct Setting {
  std::string_view field;
  std::string_view member;
  std::string ImageRequest::*value;
};

constexpr Setting settings[] = {
    {"aspect_ratio", "aspectRatio", &ImageRequest::aspect_ratio},
    {"resolution", "resolution", &ImageRequest::resolution},
    {"output_format", "outputFormat", &ImageRequest::output_format},
};
constexpr std::string_view search_member = "enableGoogleSearch";
constexpr std::string_view references_member = "imageUrlList";

bool refuses_own_members(const ImageRequest& request, Error& fault) {
  if (request.extra.empty()) return false;
  std::vector<std::string_view> taken = {"prompt"};
  for (const Setting& setting : settings) {
    if (!(request.*setting.value).empty()) taken.push_back(setting.member);
  }
  if (request.enable_search) taken.push_back(search_member);
  if (!request.references.empty()) taken.push_back(references_member);
  return refuses_extra(request.extra, taken, fault);
}

bool refuses(const ImageRequest& request, Error& fault) {
  if (request.prompt.empty()) return refuse(fault, {"prompt is empty"}, "say what the picture shows");
  if (refuses_text("prompt", request.prompt, fault)) return true;
  for (const Setting& setting : settings) {
    if (refuses_text(setting.field, request.*setting.value, fault)) return true;
  }
  for (std::size_t i = 0; i < request.references.size(); ++i) {
    if (refuses_picture("", request.references[i], fault)) return within(fault, "references", i, "");
  }
  return refuses_own_members(request, fault);
}

void put(BodyWriter& out, const ImageRequest& request) {
  const auto put_name = [&out](std::string_view member) {
    out.raw(",\"");
    out.raw(member);
    out.raw("\":");
  };
  out.raw(R"({"prompt":)");
  out.string(request.prompt);
  for (const Setting& setting : settings) {
    if ((request.*setting.value).empty()) continue;
    put_name(setting.member);
    out.string(request.*setting.value);
  }
  if (request.enable_search) {
    put_name(search_member);
    out.raw(*request.enable_search ? "true" : "false");
  }
  if (!request.references.empty()) {
    put_name(references_member);
    out.list(request.references, [&](const ImagePart& reference) { out.picture(reference); });
  }
  if (!request.extra.empty()) {
    if (const std::string_view members = members_text(request.extra); !members.empty()) {
      out.raw(",");
      out.raw(members);
    }
  }
  out.raw("}");
}

}  // namespace

Result<std::string> encode_image(const ImageRequest& request, WireForm wire_form) {
  Error fault;
  if (wire_form != WireForm::image) {
    refuse(fault, {"the endpoint's wire form '", to_string(wire_form), "' makes no pictures"},
           "choose endpoints::gpt_image_1(), or Endpoint::custom(path, WireForm::image)");
    return fault;
  }
  if (refuses(request, fault)) return fault;
  return write_body([&request](BodyWriter& out) { put(out, request); });
}

}  // namespace chatopen::codec
