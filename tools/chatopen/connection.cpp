#include "connection.hpp"

#include "console.hpp"

#include <chatopen/curl_transport.hpp>

#include <algorithm>
#include <string>

namespace chatopen::program {
namespace {

Error not_configured(const ClientOptions& options) {
  std::string missing;
  const auto require = [&missing](bool there, const char* name) {
    if (!there) missing.append(missing.empty() ? "" : ", ").append(name);
  };
  require(!options.base_url.empty(), "CHATOPEN_BASE_URL");
  require(!options.credentials.access_key_id.empty(), "CHATOPEN_ACCESS_KEY_ID");
  require(!options.credentials.access_key_secret.empty(), "CHATOPEN_ACCESS_KEY_SECRET");
  return {.kind = ErrorKind::configuration,
          .message = "not set: " + missing,
          .detail =
              "set them, or name a configuration file with --config; to try without an account, add --sandbox, "
              "or run `chatopen sandbox` in another terminal and paste what it prints"};
}

}  // namespace

Result<Connection> Connection::make(const ConnectionOptions& chosen, std::size_t calls_at_once, Console& console) {
  Result<std::vector<HttpHeader>> headers = parse_headers(chosen.headers);
  if (!headers) return std::move(headers).error();
  Result<Settings> settings = load_settings(chosen);
  if (!settings) return std::move(settings).error();
  ClientOptions options = std::move(settings->options);

  std::optional<Sandbox> sandbox;
  if (chosen.sandbox) {
    // Some more than can be busy, because idle connections count.
    Result<Sandbox> started = Sandbox::start({.max_connections = static_cast<int>(calls_at_once) + 64});
    if (!started) return std::move(started).error();
    sandbox = *std::move(started);
    const ClientOptions its = sandbox->client_options();
    options.base_url = its.base_url;
    options.credentials = its.credentials;
    console.err.write(
        console.err.styled(Style::dim, "Asking the embedded sandbox at " + its.base_url + ", which holds no model.") +
        "\n");
  }
  if (options.base_url.empty() || options.credentials.access_key_id.empty() ||
      options.credentials.access_key_secret.empty()) {
    return not_configured(options);
  }
  const auto transport = CurlTransport::create({.ca_file = chosen.ca_file,
                                                .max_idle_connections = std::max<std::size_t>(calls_at_once, 8),
                                                .max_connections_per_host = calls_at_once});
  if (!transport) return transport.error();
  options.transport = *transport;
  Result<ChatClient> client = ChatClient::create(std::move(options));
  if (!client) return std::move(client).error();
  return Connection(std::move(sandbox), *std::move(client), *std::move(headers));
}

CallOptions Connection::call(CancelToken cancel) const {
  CallOptions options;
  options.headers = headers_;
  options.cancel = std::move(cancel);
  return options;
}

}  // namespace chatopen::program
