#include "chat_session.hpp"

#include "connection.hpp"
#include "exit_code.hpp"
#include "interruption.hpp"
#include "line_reader.hpp"
#include "request_options.hpp"

#include <chatopen/conversation.hpp>

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace chatopen::program {
namespace {

constexpr std::string_view help =
    "  /image URL|FILE  show a picture with the next question\n"
    "  /system TEXT     tell the model first what to be and do; without TEXT, nothing\n"
    "  /new             forget what was said, and pictures that were to be shown\n"
    "  /save FILE       write the conversation to a new file, or again to one of this session\n"
    "  /save! FILE      the same, whatever the file holds\n"
    "  /load FILE       go on with the conversation in a file\n"
    "  /quit            end, as does Ctrl-D\n"
    "A line that ends with \\ goes on in the next. A question may begin with //.\n"
    "Ctrl-C stops an answer.\n";

class Session {
 public:
  Session(const Connection& connection, ChatRequest request, SessionOptions options, Interruption& interruption,
          Console& console)
      : connection_(connection),
        conversation_(connection.client(), std::move(request)),
        images_(std::move(options.images)),
        answer_(options.answer),
        interruption_(interruption),
        console_(console) {}

  int run();

 private:
  enum class Heard { question, end, interrupted };

  Heard listen(std::string& question);
  Heard listen_to_line(std::string_view prompt, std::string& line);
  // Whether the session goes on.
  bool obey(const std::string& command);
  void save(const std::string& path, bool overwrite);
  void load(const std::string& path);
  void ask(std::string question);
  void note(std::string_view text) { console_.err.write(console_.err.styled(Style::dim, text) + "\n"); }

  const Connection& connection_;
  Conversation conversation_;
  std::vector<std::string> images_;
  // Files that this session has written or read, which /save may replace.
  std::set<std::string> own_files_ = {};
  AnswerOptions answer_;
  Interruption& interruption_;
  Console& console_;
  // As much as a terminal gives in one line, many times over.
  LineReader input_{STDIN_FILENO, std::size_t{1024} * 1024};
};

Session::Heard Session::listen_to_line(std::string_view prompt, std::string& line) {
  console_.err.write(console_.err.styled(Style::bold, prompt));
  for (;;) {
    if (const auto next = input_.next()) {
      line = next->text;
      return Heard::question;
    }
    if (input_.ended()) return Heard::end;
    if (!first_is_readable(STDIN_FILENO, interruption_.descriptor())) return Heard::interrupted;
    input_.fill();
  }
}

Session::Heard Session::listen(std::string& question) {
  question.clear();
  std::string line;
  for (const char* prompt = "> ";; prompt = "… ") {
    const Heard heard = listen_to_line(prompt, line);
    if (heard != Heard::question) return heard;
    question += line;
    if (!question.ends_with('\\')) return heard;
    question.back() = '\n';
  }
}

void Session::save(const std::string& path, bool overwrite) {
  std::error_code failure;
  if (!overwrite && !own_files_.contains(path) && std::filesystem::exists(path, failure)) {
    return console_.complain(path + " is there already (choose another name, or replace it with /save! " + path + ")");
  }
  if (const Result<void> saved = conversation_.save(path); !saved) {
    return static_cast<void>(console_.complain(saved.error()));
  }
  own_files_.insert(path);
  note("Saved.");
}

void Session::load(const std::string& path) {
  if (const Result<void> loaded = conversation_.load(path); !loaded) {
    return static_cast<void>(console_.complain(loaded.error()));
  }
  own_files_.insert(path);
  note("The conversation goes on.");
}

bool Session::obey(const std::string& command) {
  const std::size_t space = command.find(' ');
  const std::string_view name = std::string_view(command).substr(0, space);
  const std::size_t begin = command.find_first_not_of(' ', space);
  const std::string argument = space == std::string::npos || begin == std::string::npos ? "" : command.substr(begin);
  if (name == "/quit" || name == "/exit") return false;
  if (name == "/help") {
    console_.err.write(help);
  } else if (name == "/new") {
    conversation_.clear();
    images_.clear();
    note("What was said is forgotten.");
  } else if (name == "/system") {
    conversation_.set_persona(argument);
    note(argument.empty() ? "The model is told nothing first." : "The model is told so from the next question on.");
  } else if (name == "/image" && !argument.empty()) {
    const Result<ImagePart> found = picture(argument);
    if (!found) return static_cast<void>(console_.complain(found.error())), true;
    images_.push_back(argument);
    note("The picture goes with the next question.");
  } else if ((name == "/save" || name == "/save!") && !argument.empty()) {
    save(argument, name == "/save!");
  } else if (name == "/load" && !argument.empty()) {
    load(argument);
  } else {
    const bool needs_file = name == "/save" || name == "/save!" || name == "/load";
    console_.complain(name == "/image" ? "/image needs a URL or the name of a file"
                      : needs_file     ? std::string(name) + " needs the name of a file"
                                       : "no such command: " + std::string(name) + " (/help lists them)");
  }
  return true;
}

void Session::ask(std::string question) {
  Result<Message> message = user_message(std::move(question), images_);
  if (!message) {
    console_.complain(message.error());
    // Otherwise no question could be asked any more.
    images_.clear();
    return note("The question was not asked; the next one goes without pictures.");
  }
  const CallOptions call = connection_.call(interruption_.token());
  const bool whole = answer_.json || answer_.whole;
  AnswerPrinter printer(console_.out);
  const auto print = [&printer](const ChatDelta& delta) { return printer(delta); };
  const Result<ChatReply> reply =
      whole ? conversation_.ask(*std::move(message), call) : conversation_.ask(*std::move(message), print, call);
  printer.finish();
  if (reply) {
    images_.clear();
    if (console_.out.failure() == 0) show(*reply, answer_, printer.has_text(), console_);
  } else if (interruption_.signal() == SIGINT) {
    note("Stopped; the question and this answer are not remembered.");
  } else if (interruption_.signal() == 0) {
    console_.complain(reply.error());
    // Told by its text: an override may have set the form.
    if (reply.error().message.find("prompt form") != std::string::npos && !conversation_.history().empty()) {
      note("An endpoint of the prompt form takes no history: /new forgets what was said.");
    }
  }
}

int Session::run() {
  note("Talking to " +
       (conversation_.request().endpoint.name.empty() ? conversation_.request().endpoint.path
                                                      : conversation_.request().endpoint.name) +
       ". /help lists commands; Ctrl-D ends.");
  bool warned = false;
  std::string question;
  while (console_.out.failure() == 0) {
    const Heard heard = listen(question);
    if (heard == Heard::end) {
      console_.err.write("\n");
      return exit_ok;
    }
    if (heard == Heard::interrupted) {
      console_.err.write("\n");
      if (warned) return interruption_.exit_code();
      warned = true;
      if (const int signal = interruption_.forget(); signal != SIGINT) return 128 + signal;
      note("Ctrl-C again ends the conversation, as does Ctrl-D.");
      continue;
    }
    warned = false;
    if (question.find_first_not_of(" \t\n") == std::string::npos) continue;
    const bool escaped = question.starts_with("//");
    if (question.starts_with('/') && !escaped) {
      if (!obey(question)) return exit_ok;
      continue;
    }
    ask(escaped ? question.substr(1) : question);
    if (interruption_.forget() == SIGTERM) return 128 + SIGTERM;
  }
  return exit_io;
}

}  // namespace

int run_session(const Connection& connection, ChatRequest request, SessionOptions options, Interruption& interruption,
                Console& console) {
  return Session(connection, std::move(request), std::move(options), interruption, console).run();
}

}  // namespace chatopen::program
