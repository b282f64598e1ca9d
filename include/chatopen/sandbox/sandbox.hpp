#pragma once

/// @file
/// `Sandbox`: an embedded server on loopback that speaks the service's protocol, for trying and testing without an
/// account. It answers what it received, and refuses what breaks the protocol. Link `chatopen::sandbox`.

#include <chatopen/options.hpp>
#include <chatopen/result.hpp>
#include <chatopen/sandbox/export.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace chatopen {

/// How a sandbox is started.
struct SandboxOptions {
  /// 0 takes a free port.
  std::uint16_t port = 0;
  /// What a request must carry; another is answered with 401.
  Credentials credentials = {"sandbox-key-id", "sandbox-key-secret"};
  /// Connections served at the same time; more wait.
  int max_connections = 128;
  /// A larger file is answered with 413. All of a body may have 256 MiB.
  std::uint64_t max_upload_bytes = std::uint64_t{100} * 1024 * 1024;
};

/// A running server on 127.0.0.1; it stops when it is destroyed. Members may be called from many threads at once. A
/// moved-from sandbox may only be assigned to or destroyed.
///
/// A request may carry the header `X-Sandbox-Reply`, which asks for a fault: see docs/sandbox.md.
class CHATOPEN_SANDBOX_EXPORT Sandbox {
 public:
  /// Errors: `io` when the port cannot be bound; `invalid_argument` when an option is out of range.
  [[nodiscard]] static Result<Sandbox> start(SandboxOptions options = {});

  Sandbox(Sandbox&&) noexcept;
  Sandbox& operator=(Sandbox&&) noexcept;
  ~Sandbox();

  /// `http://127.0.0.1:<port>`
  [[nodiscard]] std::string base_url() const;
  /// The ones that it accepts.
  [[nodiscard]] Credentials credentials() const;
  /// Base URL and credentials, ready for `ChatClient::create`.
  [[nodiscard]] ClientOptions client_options() const;
  /// TCP connections accepted so far.
  [[nodiscard]] std::uint64_t connections() const noexcept;
  /// HTTP requests answered so far.
  [[nodiscard]] std::uint64_t requests() const noexcept;

 private:
  struct Impl;
  explicit Sandbox(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

/// What examples start from: `ClientOptions::from_environment()` when `CHATOPEN_BASE_URL` or `CHATOPEN_CONFIG` is set;
/// otherwise a sandbox that lives until the program ends, announced on the standard error stream.
[[nodiscard]] CHATOPEN_SANDBOX_EXPORT Result<ClientOptions> environment_or_sandbox();

}  // namespace chatopen
