#include <chatopen/sandbox/sandbox.hpp>

#include "sandbox/http_server.hpp"
#include "sandbox/picture_server.hpp"
#include "sandbox/service.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

namespace chatopen {
namespace {

constexpr int most_connections = 10'000;

Error invalid(std::string message) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message)};
}

std::string local_url(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<void> check(const SandboxOptions& options) {
  if (options.max_connections < 1 || options.max_connections > most_connections) {
    return invalid("max_connections must be from 1 to " + std::to_string(most_connections));
  }
  if (options.max_upload_bytes == 0) return invalid("max_upload_bytes must be at least 1");
  for (const Secret* secret : {&options.credentials.access_key_id, &options.credentials.access_key_secret}) {
    if (secret->empty() || !is_visible_ascii(secret->reveal())) {
      return invalid("both credentials must be visible ASCII and not empty");
    }
  }
  return {};
}

}  // namespace

struct Sandbox::Impl {
  Credentials credentials;
  // Another host, as far as credentials are concerned.
  std::unique_ptr<sandbox::HttpServer> pictures;
  std::unique_ptr<sandbox::HttpServer> server;
};

Sandbox::Sandbox(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Sandbox::Sandbox(Sandbox&&) noexcept = default;
Sandbox& Sandbox::operator=(Sandbox&&) noexcept = default;
Sandbox::~Sandbox() = default;

Result<Sandbox> Sandbox::start(SandboxOptions options) {
  if (auto checked = check(options); !checked) return std::move(checked).error();
  try {
    const auto most = static_cast<std::size_t>(options.max_connections);
    auto pictures = sandbox::HttpServer::start(0, most, sandbox::serve_picture);
    if (!pictures) return std::move(pictures).error();
    sandbox::Service service(options.credentials, local_url((*pictures)->port()), options.max_upload_bytes);
    auto server = sandbox::HttpServer::start(
        options.port, most,
        [service = std::move(service)](const sandbox::Incoming& request) { return service.serve(request); });
    if (!server) return std::move(server).error();
    return Sandbox(std::make_unique<Impl>(
        Impl{std::move(options.credentials), std::move(pictures).value(), std::move(server).value()}));
  } catch (const std::exception& error) {
    return Error{.kind = ErrorKind::io, .message = std::string("the sandbox cannot start: ") + error.what()};
  }
}

std::string Sandbox::base_url() const {
  return local_url(impl_->server->port());
}

Credentials Sandbox::credentials() const {
  return impl_->credentials;
}

ClientOptions Sandbox::client_options() const {
  return {.base_url = base_url(), .credentials = credentials()};
}

std::uint64_t Sandbox::connections() const noexcept {
  return impl_->server->connections();
}

std::uint64_t Sandbox::requests() const noexcept {
  return impl_->server->requests();
}

}  // namespace chatopen
