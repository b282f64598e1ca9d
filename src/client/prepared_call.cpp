#include "client/prepared_call.hpp"

#include "client/check.hpp"
#include "client/core.hpp"
#include "client/path.hpp"
#include "client/timeouts.hpp"
#include "codec/encode.hpp"

#include <string>
#include <utility>

namespace chatopen::client {
namespace {

std::optional<Error> fault_in_options(const CallOptions& call) {
  if (auto fault = fault_in(call.timeouts)) return fault;
  if (call.retry) {
    if (auto fault = fault_in(*call.retry)) return fault;
  }
  return fault_in(call.headers);
}

}  // namespace

Result<std::unique_ptr<PreparedCall>> prepare_chat(Core& core, const ChatRequest& request, const CallOptions& call,
                                                   bool streaming) {
  const ClientOptions& options = core.options();
  auto prepared = std::make_unique<PreparedCall>(core.credentials());
  prepared->started = options.clock->now();
  if (auto fault = fault_in_options(call)) return *std::move(fault);
  const Result<Route> route = route_of(request.endpoint, options.endpoints);
  if (!route) return route.error();
  Result<std::string> body = codec::encode_chat(request, route->wire_form, streaming);
  if (!body) return std::move(body).error();

  HttpRequest& http = *prepared->request;
  http.url = options.base_url + route->path;
  http.body = Body(*std::move(body));
  http.timeouts = inherit(call.timeouts, options.timeouts);
  http.limits = options.limits;
  http.headers.reserve(5 + call.headers.size());
  const Credentials& credentials = *prepared->credentials;
  http.headers.push_back({"X-Request-Req-Accesskeyid", std::string(credentials.access_key_id.reveal())});
  http.headers.push_back({"X-Request-Req-Accesskeysecret", std::string(credentials.access_key_secret.reveal())});
  http.headers.push_back({"Content-Type", "application/json"});
  http.headers.push_back({"Accept", streaming ? "text/event-stream, application/json" : "application/json"});
  // Compressing servers hold pieces back until they have enough of them.
  if (streaming) http.headers.push_back({"Accept-Encoding", "identity"});
  http.headers.insert(http.headers.end(), call.headers.begin(), call.headers.end());

  prepared->retry = call.retry ? *call.retry : options.retry;
  prepared->cancel = call.cancel;
  if (options.observer != nullptr) {
    prepared->observation =
        Observation(options.observer, *options.clock, request.endpoint, http.url, call.headers, streaming);
  }
  return prepared;
}

}  // namespace chatopen::client
