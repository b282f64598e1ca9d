#pragma once

#include "file_descriptor.hpp"
#include "temporary_file.hpp"
#include "tls.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace integration {

/// A real HTTP/2 server over TLS: nghttpd as a child process on a free loopback port. It answers any method on the path
/// of the documented question with `hello`, and everything else with 404. The process ends with this object, and with
/// the thread that made it.
class H2Server {
 public:
  /// Whether nghttpd was there when the tests were configured; without it the constructor throws.
  [[nodiscard]] static bool available();

  /// `arguments` are more options of nghttpd's. Returns when the server listens.
  explicit H2Server(const Identity& identity, const std::vector<std::string>& arguments = {});
  H2Server(const H2Server&) = delete;
  H2Server& operator=(const H2Server&) = delete;
  ~H2Server();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string base_url() const { return "https://127.0.0.1:" + std::to_string(port_); }

  /// Answers the model's path of the messages form with what this file has.
  void serve(const std::string& model, const std::string& file) const;

  /// What `nghttpd --verbose` said so far: every frame, and every header, credentials too. Each connection says
  /// `The negotiated protocol: h2`, each request `recv (stream_id=1) :method: POST`.
  [[nodiscard]] std::string log() const;
  /// How often this stands in the log.
  [[nodiscard]] std::size_t count_in_log(std::string_view text) const;
  /// Waits until this stands in the log so many times; false when the server ends or after ten seconds without that.
  [[nodiscard]] bool wait_for_log(std::string_view text, std::size_t times = 1) const;

 private:
  void start(const std::vector<std::string>& arguments);
  void stop();
  void read_log();

  TemporaryFile key_;
  TemporaryFile certificate_;
  TemporaryFile documents_;
  /// Bound and not listening, so that nobody else is given the port.
  FileDescriptor reservation_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
  FileDescriptor output_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string log_;
  bool ended_ = false;
  std::thread reader_;
};

}  // namespace integration
