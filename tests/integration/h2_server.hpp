#pragma once

#include "server_process.hpp"
#include "temporary_file.hpp"
#include "tls.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace integration {

/// A loopback port for a process that speaks TLS, and the files of the identity that it shows.
class TlsEndpoint {
 public:
  explicit TlsEndpoint(const Identity& identity);

  [[nodiscard]] std::string key_file() const { return key_.path(); }
  [[nodiscard]] std::string certificate_file() const { return certificate_.path(); }
  [[nodiscard]] std::string port() const { return std::to_string(port_.number()); }
  [[nodiscard]] std::string base_url() const { return "https://127.0.0.1:" + port(); }

 private:
  TemporaryFile key_;
  TemporaryFile certificate_;
  ReservedPort port_;
};

/// A real HTTP/2 server over TLS: nghttpd. It answers any method on the path of the documented question with `hello`,
/// and everything else with 404.
class H2Server {
 public:
  /// Whether nghttpd was there when the tests were configured; without it the constructor throws.
  [[nodiscard]] static bool available();

  /// `arguments` are more options of nghttpd's.
  explicit H2Server(const Identity& identity, const std::vector<std::string>& arguments = {});

  [[nodiscard]] std::string base_url() const { return endpoint_.base_url(); }

  /// Answers the model's path of the messages form with what this file has.
  void serve(const std::string& model, const std::string& file) const;

  /// Its log has every frame, and every header, credentials too. Each connection says `The negotiated protocol: h2`,
  /// each request `recv (stream_id=1) :method: POST`.
  [[nodiscard]] const ServerProcess& process() const { return process_; }

 private:
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& arguments) const;

  TlsEndpoint endpoint_;
  TemporaryFile documents_;
  ServerProcess process_;
};

/// A real HTTP/2 gateway over TLS: nghttpx before a server that speaks HTTP/1.1 without TLS. It opens a connection to
/// that server for each stream that has no idle one.
class H2Gateway {
 public:
  /// Whether nghttpx was there when the tests were configured; without it the constructor throws.
  [[nodiscard]] static bool available();

  /// `arguments` are more options of nghttpx's.
  H2Gateway(const Identity& identity, std::uint16_t server_port, const std::vector<std::string>& arguments = {});

  [[nodiscard]] std::string base_url() const { return endpoint_.base_url(); }

  /// Its log has every frame, and every header, credentials too. Each request says `recv (stream_id=1) :method: POST`,
  /// the first of a connection with this number.
  [[nodiscard]] const ServerProcess& process() const { return process_; }

 private:
  TlsEndpoint endpoint_;
  ServerProcess process_;
};

}  // namespace integration
