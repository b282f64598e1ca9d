#pragma once

#include "answer.hpp"

#include <chatopen/request.hpp>

#include <string>
#include <vector>

namespace chatopen::program {

class Connection;
class Interruption;

struct SessionOptions {
  /// Shown with the first question.
  std::vector<std::string> images = {};
  AnswerOptions answer = {};
};

/// A conversation on the terminal, whose questions go out as `request` with all that was said before. The exit code.
int run_session(const Connection& connection, ChatRequest request, SessionOptions options, Interruption& interruption,
                Console& console);

}  // namespace chatopen::program
