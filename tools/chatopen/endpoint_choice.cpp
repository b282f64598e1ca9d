#include "endpoint_choice.hpp"

#include <CLI/CLI.hpp>

#include <string_view>
#include <utility>

namespace chatopen::program {
namespace {

Error refuse(std::string message, std::string detail) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

std::string listed_forms(WireForm form) {
  std::string names;
  for (const WireForm each : forms_like(form)) names.append(names.empty() ? "" : " or ").append(to_string(each));
  return names;
}

Result<Endpoint> by_path(const EndpointChoice& choice, WireForm otherwise) {
  if (!choice.endpoint.empty()) return refuse("both an endpoint and a path are named", "choose one of them");
  for (const WireForm form : forms_like(otherwise)) {
    if (choice.form == to_string(form) || (choice.form.empty() && form == otherwise)) {
      Endpoint endpoint = Endpoint::custom(choice.path, form);
      endpoint.model = choice.model;
      return endpoint;
    }
  }
  return refuse("no such form here: " + choice.form, "choose " + listed_forms(otherwise));
}

}  // namespace

std::vector<WireForm> forms_like(WireForm form) {
  if (form == WireForm::messages || form == WireForm::prompt) return {WireForm::messages, WireForm::prompt};
  return {form};
}

std::vector<Endpoint> named_endpoints() {
  std::vector<Endpoint> named = endpoints::all();
  named.push_back(endpoints::file_upload());
  return named;
}

Result<Endpoint> EndpointChoice::resolve(const EndpointDefaults& defaults) const {
  if (!path.empty()) return by_path(*this, defaults.form);
  if (!form.empty()) return refuse("a form is named, but no path", "a named endpoint has its own form");
  std::string wanted = endpoint;
  if (wanted.empty()) wanted = model.empty() ? defaults.endpoint : defaults.for_model;
  std::string names;
  for (Endpoint& each : named_endpoints()) {
    if (each.name == wanted) {
      if (!model.empty()) {
        // Where the path has the endpoint's own model, the other is to stand.
        const std::size_t place = each.model.empty() ? std::string::npos : each.path.find("/" + each.model + "/");
        if (place != std::string::npos) each.path.replace(place + 1, each.model.size(), "{model}");
        each.model = model;
      }
      if (each.model.empty() && each.path.find("{model}") != std::string::npos)
        return refuse("the endpoint " + wanted + " is for any model", "name one with --model");
      return std::move(each);
    }
    names.append(names.empty() ? "" : ", ").append(each.name);
  }
  return refuse("no such endpoint: " + wanted, "the endpoints are " + names);
}

void add_endpoint_options(CLI::App& command, EndpointChoice& choice, const EndpointDefaults& defaults) {
  const std::string endpoint = defaults.endpoint;
  command
      .add_option("-e,--endpoint", choice.endpoint,
                  "Ask this endpoint (default " + endpoint +
                      "); `chatopen endpoints` lists them, and says how well each is known")
      ->type_name("NAME")
      ->group("Endpoint");
  command
      .add_option("-m,--model", choice.model,
                  std::string("Ask this model, at ") + defaults.for_model + " unless an endpoint is named")
      ->type_name("NAME")
      ->group("Endpoint");
  command.add_option("--path", choice.path, "Ask at this path, which no endpoint has; {model} in it is the model")
      ->type_name("PATH")
      ->group("Endpoint");
  command
      .add_option("--form", choice.form,
                  "The form at that path: " + listed_forms(defaults.form) + " (default " +
                      std::string(to_string(defaults.form)) + ")")
      ->type_name("FORM")
      ->group("Endpoint");
}

}  // namespace chatopen::program
