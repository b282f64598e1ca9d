#pragma once

#include "settings.hpp"

#include <chatopen/client.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace chatopen::program {

struct Console;

/// A client, with what its calls have in common.
class Connection {
 public:
  /// To what the command line, the environment and the configuration file name, for that many calls at once.
  /// Errors: `configuration`, saying also how to try without an account; `invalid_argument`; `io`.
  [[nodiscard]] static Result<Connection> make(const ConnectionOptions& chosen, std::size_t calls_at_once,
                                               Console& console);

  [[nodiscard]] const ChatClient& client() const noexcept { return client_; }
  /// Headers and the token for the next call.
  [[nodiscard]] CallOptions call(CancelToken cancel) const;

 private:
  Connection(std::optional<Sandbox> sandbox, ChatClient client, std::vector<HttpHeader> headers)
      : sandbox_(std::move(sandbox)), client_(std::move(client)), headers_(std::move(headers)) {}

  // Declared first: it outlives the client.
  std::optional<Sandbox> sandbox_;
  ChatClient client_;
  std::vector<HttpHeader> headers_;
};

}  // namespace chatopen::program
