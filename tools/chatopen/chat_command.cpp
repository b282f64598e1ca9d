#include "answer.hpp"
#include "chat_session.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "exit_code.hpp"
#include "interruption.hpp"
#include "line_reader.hpp"
#include "request_options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <memory>
#include <system_error>
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

Error bad_input(std::string message, std::string detail = {}) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

// All of the standard input, without the line ends at its end.
Result<std::string> read_input(const Interruption& interruption) {
  constexpr std::size_t most = std::size_t{64} * 1024 * 1024;
  std::string text;
  LineReader input(STDIN_FILENO, most);
  while (!input.ended()) {
    if (!first_is_readable(STDIN_FILENO, interruption.descriptor())) {
      return Error{.kind = ErrorKind::cancelled, .message = "interrupted"};
    }
    input.fill();
    for (auto line = input.next(); line; line = input.next()) text.append(line->text) += '\n';
    if (text.size() > most) return bad_input("the standard input is longer than 64 MiB");
  }
  if (input.failure() != 0) {
    return Error{.kind = ErrorKind::io,
                 .message = "cannot read the standard input: " + std::generic_category().message(input.failure())};
  }
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

// The words with spaces between them; the word - is the standard input, as is no word at all.
Result<std::string> read_question(const std::vector<std::string>& words, const Interruption& interruption) {
  if (words.empty()) return read_input(interruption);
  std::string question;
  bool was_read = false;
  for (const std::string& word : words) {
    if (!question.empty()) question += was_read || word == "-" ? '\n' : ' ';
    was_read = word == "-";
    if (!was_read) {
      question += word;
      continue;
    }
    Result<std::string> input = read_input(interruption);
    if (!input) return input;
    question += *input;
  }
  return question;
}

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
  if (question->empty()) {
    return console.complain(bad_input("there is no question", "give it as an argument, or on the standard input"));
  }
  Result<Message> message = user_message(*std::move(question), options.images);
  if (!message) return console.complain(message.error());
  request.messages.push_back(*std::move(message));
  const Result<ChatReply> reply = ask(connection, request, options.answer, interruption.token(), console);
  if (reply) return exit_ok;
  const int code = console.complain(reply.error());
  return interruption.signal() != 0 ? interruption.exit_code() : code;
}

int run(const Options& options, Console& console) {
  Interruption interruption;
  Result<ChatRequest> request = options.request.request();
  if (!request) return console.complain(request.error());
  if (!options.request.system.empty()) request->messages.push_back(Message::system(options.request.system));
  const Result<Connection> connection = Connection::make(options.connection, 1, console);
  if (!connection) return console.complain(connection.error());
  if (options.words.empty() && ::isatty(STDIN_FILENO) == 1) {
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
