#include "question.hpp"

#include "interruption.hpp"
#include "line_reader.hpp"

#include <unistd.h>

#include <system_error>
#include <utility>

namespace chatopen::program {
namespace {

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

}  // namespace

Result<std::string> read_question(const std::vector<std::string>& words, const Interruption& interruption) {
  static const std::vector<std::string> standard_input = {"-"};
  std::string question;
  bool was_read = false;
  for (const std::string& word : words.empty() ? standard_input : words) {
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
  if (question.empty()) {
    return bad_input("there is no question", "give it as an argument, or on the standard input");
  }
  return question;
}

}  // namespace chatopen::program
