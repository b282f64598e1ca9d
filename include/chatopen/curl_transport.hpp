#pragma once

/// @file
/// `CurlTransport`: the default transport, and what can be set on it.

#include <chatopen/export.hpp>
#include <chatopen/transport.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace chatopen {

namespace transport {
class CurlTransportMaker;
}

/// Settings of the network. Peer and host are always verified, with TLS 1.2 or newer; nothing turns that off.
struct CurlOptions {
  /// `http://`, `https://`, `socks5://` or `socks5h://` URL of a proxy, possibly with credentials. Empty takes the
  /// environment's (`https_proxy`, `no_proxy`, …). Never used for loopback. Requests go through a `CONNECT` tunnel, so
  /// the proxy does not see them.
  std::string proxy = {};
  /// A PEM file of certificate authorities to trust instead of the system's.
  std::string ca_file = {};
  /// A directory of hashed certificates to trust instead of the system's. Where the system has a directory besides its
  /// file, only the file is trusted unless this names the directory.
  std::string ca_directory = {};
  /// A PEM file with the certificate that the client shows.
  std::string client_certificate = {};
  /// A PEM file with its key; empty when the certificate's file has it.
  std::string client_key = {};
  /// Empty for a key without one.
  Secret client_key_passphrase = {};
  /// Empty for `chatopen/<version>`. Visible ASCII and spaces.
  std::string user_agent = {};
  /// Idle connections kept for blocking calls, and as many for asynchronous ones; the excess is closed as calls end.
  std::size_t max_idle_connections = 64;
  /// Idle connections older than this are not reused. At most 59 s: servers and balancers close theirs at 60 s.
  std::chrono::seconds max_idle_age = std::chrono::seconds(50);
  /// Connections that asynchronous calls and pulled streams have to one host at the same time; 0 for no limit. More
  /// calls wait for one, which counts towards `Timeouts::total` only. HTTP/2 carries many calls on a connection.
  std::size_t max_connections_per_host = 0;
  /// The same for all hosts together; 0 takes three quarters of the descriptors that the process may open.
  std::size_t max_connections = 0;
  /// No thread: asynchronous calls and pulled streams go on, and run callbacks, only within `ChatClient::poll` and
  /// calls that wait for them. For programs with a loop of their own, such as games.
  bool poll_driven = false;
};

/// HTTP over libcurl: HTTP/1.1, and HTTP/2 over TLS where the server offers it; keep-alive; redirects are not followed.
/// Whether plain http is permitted is decided before: `ChatClient` refuses it unless `ClientOptions::allow_http`.
class CHATOPEN_EXPORT CurlTransport final : public Transport {
 public:
  /// Initialises libcurl once per program, and checks the options.
  /// Errors: `configuration`, naming the option: a file that cannot be read, a proxy URL that does not parse, an age
  /// out of range, or a libcurl that is too old or has no TLS. What is in the files shows in the first call.
  [[nodiscard]] static Result<std::shared_ptr<CurlTransport>> create(CurlOptions options = {});

  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  [[nodiscard]] TransportOutcome perform(const HttpRequest& request, ResponseSink& sink,
                                         const CancelToken& cancel) override;
  /// All started exchanges share one thread, which starts with the first of them and blocks every signal.
  [[nodiscard]] std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion) override;
  [[nodiscard]] bool poll_driven() const noexcept override;
  bool poll(std::chrono::milliseconds budget) override;

 private:
  friend class transport::CurlTransportMaker;
  struct Impl;
  explicit CurlTransport(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chatopen
