#include "sandbox_in_foreground.hpp"

#include <csignal>
#include <iostream>

namespace chatopen {

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
  std::cout << "export CHATOPEN_BASE_URL=" << sandbox->base_url() << '\n'
            << "export CHATOPEN_ACCESS_KEY_ID=" << credentials.access_key_id.reveal() << '\n'
            << "export CHATOPEN_ACCESS_KEY_SECRET=" << credentials.access_key_secret.reveal() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace chatopen
