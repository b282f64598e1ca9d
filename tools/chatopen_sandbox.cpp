// chatopen-sandbox: the embedded server as a program of its own.

#include "sandbox_in_foreground.hpp"
#include "standard_streams.hpp"

#include <chatopen/version.hpp>

#include <charconv>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr const char* name = "chatopen-sandbox";

constexpr const char* usage =
    "Usage: chatopen-sandbox [--port PORT]\n"
    "\n"
    "Serves the Chat Open protocol on 127.0.0.1 until it is interrupted, and prints the variables that make a program\n"
    "use it: it stays in the foreground, so paste its lines in another terminal. It answers what it received, and\n"
    "refuses what breaks the protocol. Nothing leaves this machine.\n"
    "\n"
    "  --port PORT  listen on this port (default: a free one)\n"
    "  --version    print the version\n"
    "  --help       print this text\n";

enum class Task { serve, print_help, print_version, complain };

struct CommandLine {
  Task task = Task::serve;
  std::uint16_t port = 0;
  std::string complaint = {};
};

CommandLine complain(std::string about) {
  return {.task = Task::complain, .complaint = std::move(about)};
}

CommandLine parse(int argc, char** argv) {
  CommandLine line;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help") return {.task = Task::print_help};
    if (argument == "--version") return {.task = Task::print_version};
    if (argument != "--port") return complain("no such option: " + std::string(argument));
    if (i + 1 == argc) return complain("--port needs a port");
    const char* port = argv[++i];
    const char* end = port + std::strlen(port);
    const auto [stopped, error] = std::from_chars(port, end, line.port);
    if (error != std::errc() || stopped != end) return complain("not a port from 0 to 65535: " + std::string(port));
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  chatopen::reserve_standard_streams();
  const CommandLine line = parse(argc, argv);
  switch (line.task) {
    case Task::serve: return chatopen::serve_in_foreground(name, {.port = line.port});
    case Task::print_help: return chatopen::print_at_once(name, usage);
    case Task::print_version: return chatopen::print_at_once(name, "chatopen-sandbox " CHATOPEN_VERSION_STRING "\n");
    case Task::complain: break;
  }
  std::cerr << name << ": " << line.complaint << "\n\n" << usage;
  return 2;
}
