#include "question.hpp"

#include "standard_input.hpp"

#include <cstddef>

namespace chatopen::program {
namespace {

// Without the line ends at its end.
Result<std::string> read_text(const Interruption& interruption) {
  constexpr std::size_t most = std::size_t{64} * 1024 * 1024;
  Result<std::string> text = read_standard_input(most, interruption);
  if (text) text->erase(text->find_last_not_of("\r\n") + 1);
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
    Result<std::string> input = read_text(interruption);
    if (!input) return input;
    question += *input;
  }
  if (question.empty()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there is no question",
                 .detail = "give it as an argument, or on the standard input"};
  }
  return question;
}

}  // namespace chatopen::program
