#include "h2_server.hpp"

#include "raw_server.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace integration {
namespace {

#ifdef CHATOPEN_NGHTTPD
constexpr const char* nghttpd = CHATOPEN_NGHTTPD;
#else
constexpr const char* nghttpd = nullptr;
#endif
#ifdef CHATOPEN_NGHTTPX
constexpr const char* nghttpx = CHATOPEN_NGHTTPX;
#else
constexpr const char* nghttpx = nullptr;
#endif

std::vector<std::string> gateway_command(const TlsEndpoint& endpoint, std::uint16_t server_port,
                                         const std::vector<std::string>& arguments) {
  if (!H2Gateway::available()) throw std::runtime_error("there is no nghttpx");
  std::vector<std::string> command = {nghttpx,
                                      "--conf=/dev/null",
                                      "--single-process",
                                      "--frontend-frame-debug",
                                      "--frontend=127.0.0.1," + endpoint.port(),
                                      "--backend=127.0.0.1," + std::to_string(server_port)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.insert(command.end(), {endpoint.key_file(), endpoint.certificate_file()});
  return command;
}

}  // namespace

TlsEndpoint::TlsEndpoint(const Identity& identity)
    : key_("key.pem", pem(identity.key)), certificate_("certificate.pem", pem(identity.certificate)) {}

bool H2Server::available() {
  return nghttpd != nullptr;
}

H2Server::H2Server(const Identity& identity, const std::vector<std::string>& arguments)
    : endpoint_(identity),
      documents_("unused", ""),
      process_(command(arguments), "listen 127.0.0.1:" + endpoint_.port()) {}

std::vector<std::string> H2Server::command(const std::vector<std::string>& arguments) const {
  if (!available()) throw std::runtime_error("there is no nghttpd");
  const std::filesystem::path path =
      std::filesystem::path(documents_.directory()) / "AIGCChatOpenServ/saas/gpt-4o/text/v3";
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << hello;
  std::vector<std::string> command = {nghttpd, "--verbose", "--address=127.0.0.1",
                                      "--htdocs=" + documents_.directory()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.insert(command.end(), {endpoint_.port(), endpoint_.key_file(), endpoint_.certificate_file()});
  return command;
}

void H2Server::serve(const std::string& model, const std::string& file) const {
  const std::filesystem::path directory =
      std::filesystem::path(documents_.directory()) / "AIGCChatOpenServ/saas" / model / "text";
  std::filesystem::create_directories(directory);
  std::filesystem::create_symlink(file, directory / "v3");
}

bool H2Gateway::available() {
  return nghttpx != nullptr;
}

H2Gateway::H2Gateway(const Identity& identity, std::uint16_t server_port, const std::vector<std::string>& arguments)
    : endpoint_(identity),
      process_(gateway_command(endpoint_, server_port, arguments), "Listening on 127.0.0.1:" + endpoint_.port()) {}

}  // namespace integration
