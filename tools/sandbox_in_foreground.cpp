#include "sandbox_in_foreground.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <system_error>

namespace chatopen {

int print_at_once(const char* program, const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return 0;
  const int failure = errno;
  if (failure == EPIPE) return 141;
  std::cerr << program << ": cannot write to the standard output: " << std::generic_category().message(failure) << '\n';
  return 4;
}

int serve_in_foreground(const char* program, const SandboxOptions& options) {
  // Blocked before the server's threads start, so that only sigwait takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto sandbox = Sandbox::start(options);
  if (!sandbox) {
    std::cerr << program << ": " << sandbox.error() << '\n';
    return 1;
  }
  const Credentials credentials = sandbox->credentials();
  std::ostringstream variables;
  variables << "export CHATOPEN_BASE_URL=" << sandbox->base_url() << '\n'
            << "export CHATOPEN_ACCESS_KEY_ID=" << credentials.access_key_id.reveal() << '\n'
            << "export CHATOPEN_ACCESS_KEY_SECRET=" << credentials.access_key_secret.reveal() << '\n';
  if (const int code = print_at_once(program, variables.str()); code != 0) return code;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace chatopen
