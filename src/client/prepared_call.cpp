#include "client/prepared_call.hpp"

#include "client/check.hpp"
#include "client/core.hpp"
#include "client/path.hpp"
#include "client/timeouts.hpp"
#include "codec/encode.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

void add(std::vector<HttpHeader>& headers, std::string_view name, std::string_view value) {
  HttpHeader& header = headers.emplace_back();
  header.name = name;
  header.value = value;
}

}  // namespace

Result<std::unique_ptr<PreparedCall>> prepare_call(Core& core, const Endpoint& endpoint, const CallOptions& call,
                                                   std::string_view content_type, bool streaming, WireForm& form) {
  const ClientOptions& options = core.options();
  auto prepared = std::make_unique<PreparedCall>(core.credentials());
  prepared->started = options.clock->now();
  Error fault;
  if (refuses(call.timeouts, fault) || (call.retry && refuses(*call.retry, fault)) || refuses(call.headers, fault)) {
    return fault;
  }
  const Result<Route> route = route_of(endpoint, options.endpoints);
  if (!route) return route.error();
  form = route->wire_form;

  HttpRequest& http = *prepared->request;
  http.url = options.base_url + route->path;
  http.timeouts = inherit(call.timeouts, options.timeouts);
  http.limits = options.limits;
  http.headers.reserve(5 + call.headers.size());
  const Credentials& credentials = *prepared->credentials;
  add(http.headers, "X-Request-Req-Accesskeyid", credentials.access_key_id.reveal());
  add(http.headers, "X-Request-Req-Accesskeysecret", credentials.access_key_secret.reveal());
  add(http.headers, "Content-Type", content_type);
  add(http.headers, "Accept", streaming ? "text/event-stream, application/json" : "application/json");
  // Compressing servers hold pieces back until they have enough of them.
  if (streaming) add(http.headers, "Accept-Encoding", "identity");
  http.headers.insert(http.headers.end(), call.headers.begin(), call.headers.end());

  prepared->retry = call.retry ? *call.retry : options.retry;
  prepared->cancel = call.cancel;
  if (options.observer != nullptr) {
    prepared->observation = Observation(options.observer, *options.clock, endpoint, http.url, call.headers, streaming);
  }
  return prepared;
}

Result<std::unique_ptr<PreparedCall>> prepare_chat(Core& core, const ChatRequest& request, const CallOptions& call,
                                                   bool streaming) {
  WireForm form = WireForm::messages;
  auto prepared = prepare_call(core, request.endpoint, call, "application/json", streaming, form);
  if (!prepared) return prepared;
  Result<std::string> body = codec::encode_chat(request, form, streaming);
  if (!body) return std::move(body).error();
  (*prepared)->request->body = Body(*std::move(body));
  return prepared;
}

}  // namespace chatopen::client
