#include "answer.hpp"
#include "chat_session.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "exit_code.hpp"
#include "interruption.hpp"
#include "question.hpp"
#include "request_options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace chatopen::program {
namespace {

struct Options {
  ConnectionOptions connection = {};
  RequestOptions request = {};
  AnswerOptions answer = {};
  std::vector<std::string> words = {};
  std::vector<std::string> images = {};
};

Result<ChatReply> ask(const Connection& connection, const ChatRequest& request, const AnswerOptions& options,
                      const CancelToken& cancel, Console& console) {
  if (options.json || options.whole) {
    Result<ChatReply> reply = connection.client().chat(request, connection.call(cancel));
    if (reply) show(*reply, options, false, console);
    return reply;
  }
  AnswerPrinter printer(console.out);
  Result<ChatReply> reply = connection.client().chat(
      request, [&printer](const ChatDelta& delta) { return printer(delta); }, connection.call(cancel));
  printer.finish();
  if (reply && console.out.failure() == 0) show(*reply, options, printer.has_text(), console);
  return reply;
}

int run_once(const Options& options, const Connection& connection, ChatRequest request,
             const Interruption& interruption, Console& console) {
  Result<std::string> question = read_question(options.words, interruption);
  if (!question) return interruption.signal() != 0 ? interruption.exit_code() : console.complain(question.error());
  Result<Message> message = user_message(*std::move(question), options.images);
  if (!message) return console.complain(message.error());
  request.messages.push_back(*std::move(message));
  const Result<ChatReply> reply = ask(connection, request, options.answer, interruption.token(), console);
  if (reply) return exit_ok;
  const int code = console.complain(reply.error());
  return interruption.signal() != 0 ? interruption.exit_code() : code;
}

// Why any question would be refused, before one is typed: a call that is cancelled from the start sends nothing.
std::optional<Error> refusal(const Connection& connection, ChatRequest request) {
  CancelSource cancelled;
  cancelled.cancel();
  request.messages.push_back(Message::user("?"));
  Result<ChatReply> reply = connection.client().chat(request, connection.call(cancelled.token()));
  if (reply || reply.error().kind == ErrorKind::cancelled) return std::nullopt;
  return std::move(reply).error();
}

int run(const Options& options, Console& console) {
  Interruption interruption;
  Result<ChatRequest> request = options.request.request();
  if (!request) return console.complain(request.error());
  if (!options.request.system.empty()) request->messages.push_back(Message::system(options.request.system));
  const Result<Connection> connection = Connection::make(options.connection, 1, console);
  if (!connection) return console.complain(connection.error());
  if (options.words.empty() && ::isatty(STDIN_FILENO) == 1) {
    if (const std::optional<Error> refused = refusal(*connection, *request)) return console.complain(*refused);
    return run_session(*connection, *std::move(request), {options.images, options.answer}, interruption, console);
  }
  return run_once(options, *connection, *std::move(request), interruption, console);
}

}  // namespace

void add_chat(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command =
      program.add_subcommand("chat", "Ask a question, or talk: without a question on a terminal it is a conversation");
  command->add_option("question", options->words, "The question; - in it stands for the standard input, as does none")
      ->type_name("TEXT");
  command->add_option("-i,--image", options->images, "Show this picture with it: a URL or a file; may be repeated")
      ->allow_extra_args(false)
      ->type_name("URL|FILE")
      ->group("Request");
  command->add_flag("--json", options->answer.json, "Print the reply's JSON as it came, rather than its text");
  command->add_flag("--no-stream", options->answer.whole, "Print the answer as a whole, rather than as it comes");
  command->add_flag("-v,--verbose", options->answer.verbose, "Say what the answer cost, on the standard error");
  add_request_options(*command, options->request);
  add_connection_options(*command, options->connection);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace chatopen::program
