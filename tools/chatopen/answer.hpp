#pragma once

#include "console.hpp"

#include <chatopen/client.hpp>

namespace chatopen::program {

/// How an answer is shown.
struct AnswerOptions {
  /// The reply's JSON, rather than its text.
  bool json = false;
  /// As a whole, rather than as it comes.
  bool whole = false;
  /// What it cost, on the error stream.
  bool verbose = false;
};

/// Shows the pieces of an answer as they come. What a reasoning model thinks aloud is shown, dim, on terminals only.
class AnswerPrinter {
 public:
  explicit AnswerPrinter(Output& out) : out_(out) {}
  /// False when nobody reads any more.
  bool operator()(const ChatDelta& delta);
  /// Ends the line that was begun.
  void finish();
  [[nodiscard]] bool has_text() const noexcept { return has_text_; }

 private:
  bool print(std::string_view text, bool thought);

  Output& out_;
  bool thinking_ = false;
  bool has_text_ = false;
  bool line_begun_ = false;
};

/// Shows a whole reply: what `has_been_shown` of it, if any, is not repeated.
void show(const ChatReply& reply, const AnswerOptions& options, bool has_been_shown, Console& console);

}  // namespace chatopen::program
