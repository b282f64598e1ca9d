#include "commands.hpp"
#include "connection.hpp"
#include "endpoint_choice.hpp"
#include "exit_code.hpp"
#include "interruption.hpp"
#include "reply_record.hpp"
#include "request_options.hpp"
#include "shell_terms.hpp"
#include "standard_input.hpp"
#include "ticker.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace chatopen::program {
namespace {

struct Options {
  ConnectionOptions connection = {};
  std::string path = {};
  std::string media_type = {};
  std::string name = {};
  std::vector<std::string> files = {};
  bool json = false;
};

// What the SDK would find out of bytes, but not of a source.
void send(const std::shared_ptr<OpenFile>& input, UploadRequest& request) {
  const std::string type = input->media_type();
  if (request.media_type.empty()) request.media_type = type;
  if (request.file_name.empty() && !type.empty()) request.file_name = "file." + type.substr(type.find('/') + 1);
  request.source = input;
}

Result<UploadRequest> make_request(const Options& options, const std::string& file, const Interruption& interruption) {
  UploadRequest request;
  if (!options.path.empty()) request.endpoint = Endpoint::custom(options.path, WireForm::upload);
  request.file_name = options.name;
  request.media_type = options.media_type;
  if (file != "-") {
    request.path = file;
  } else if (const std::shared_ptr<OpenFile> input = OpenFile::of(STDIN_FILENO)) {
    send(input, request);
  } else {
    // Its size is sent first, so all of it must be here.
    constexpr std::size_t most = std::size_t{256} * 1024 * 1024;
    Result<std::string> all = read_standard_input(most, interruption);
    if (!all) return std::move(all).error();
    request.bytes = std::make_shared<const std::string>(*std::move(all));
  }
  return request;
}

Result<UploadedFile> upload(const Options& options, const std::string& file, const Connection& connection,
                            const Interruption& interruption, Console& console) {
  const Result<UploadRequest> request = make_request(options, file, interruption);
  if (!request) return request.error();
  Ticker ticker(console.err, Unit::bytes, {});
  return connection.client().upload(
      *request,
      [&ticker](std::uint64_t sent, std::uint64_t total) {
        ticker.set({.position = sent, .total = total, .done = sent});
      },
      connection.call(interruption.token()));
}

void print(const Options& options, const std::string& file, const UploadedFile& uploaded, Console& console) {
  if (!options.json) {
    console.out.print(uploaded.url, Shape::line);
    console.out.write("\n");
    return;
  }
  nlohmann::ordered_json record = {{"file", file}, {"url", uploaded.url}};
  if (!uploaded.request_id.empty()) record["request_id"] = uploaded.request_id;
  record["attempts"] = uploaded.attempts;
  console.out.print(dump(record) + "\n", Shape::json);
}

int run(const Options& options, Console& console) {
  Interruption interruption;
  if (!options.name.empty() && options.files.size() > 1) {
    console.complain("--name is for one file");
    return exit_usage;
  }
  const Result<Connection> connection = Connection::make(options.connection, 1, console);
  if (!connection) return console.complain(connection.error());
  int code = exit_ok;
  for (const std::string& file : options.files) {
    const Result<UploadedFile> uploaded = upload(options, file, *connection, interruption, console);
    if (uploaded) {
      print(options, file, *uploaded, console);
      continue;
    }
    // What was uploaded before it stays printed, and what follows is tried.
    console.complain(file + ": " + in_shell_terms(to_string(uploaded.error())));
    if (interruption.signal() != 0) return interruption.exit_code();
    if (code == exit_ok) code = exit_code(uploaded.error());
  }
  return code;
}

}  // namespace

void add_upload(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command = program.add_subcommand("upload", "Upload files, and print where the service put them");
  command->add_option("file", options->files, "The files; - is the standard input")->required()->type_name("FILE");
  command->add_flag("--json", options->json, "Print a JSON object for each file, rather than its URL");
  command->add_option("--name", options->name, "Send this as the file's name, rather than its own")
      ->type_name("NAME")
      ->group(inferred_members);
  command
      ->add_option("--media-type", options->media_type,
                   "Send this, such as image/png, rather than what the file's beginning shows")
      ->type_name("TYPE")
      ->group(inferred_members);
  command->add_option("--path", options->path, "Upload to this path, rather than to that of file-upload")
      ->type_name("PATH")
      ->group("Endpoint");
  add_connection_options(*command, options->connection);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace chatopen::program
