#include "answer.hpp"

#include "reply_record.hpp"

namespace chatopen::program {

bool AnswerPrinter::print(std::string_view text, bool thought) {
  if (text.empty()) return true;
  if (thinking_ && !thought && line_begun_) out_.write("\n");
  thinking_ = thought;
  line_begun_ = text.back() != '\n';
  return thought ? out_.write(out_.styled(Style::dim, neutral(text, Shape::text))) : out_.print(text);
}

bool AnswerPrinter::operator()(const ChatDelta& delta) {
  has_text_ = has_text_ || !delta.text.empty();
  return (!out_.is_terminal() || print(delta.reasoning, true)) && print(delta.text, false);
}

void AnswerPrinter::finish() {
  if (line_begun_) out_.write("\n");
  line_begun_ = false;
}

void show(const ChatReply& reply, const AnswerOptions& options, bool has_been_shown, Console& console) {
  if (options.json || (reply.text().empty() && !has_been_shown)) {
    // A streamed reply has no body as it came.
    const std::string json = reply.raw().empty() ? dump(to_record(reply), 2) : reply.raw();
    if (!options.json) console.complain("the reply has no text; this is its JSON:");
    console.out.print(json, Shape::json);
    if (!json.ends_with('\n')) console.out.write("\n");
  } else if (!has_been_shown) {
    AnswerPrinter printer(console.out);
    ChatDelta all;
    all.text = reply.text();
    all.reasoning = reply.reasoning();
    printer(all);
    printer.finish();
  }
  if (!options.verbose) return;
  std::string line = reply.model().empty() ? std::string() : "model " + reply.model() + ", ";
  line += std::to_string(reply.attempts()) + (reply.attempts() == 1 ? " attempt" : " attempts");
  if (reply.usage()) {
    line += ", " + std::to_string(reply.usage()->prompt_tokens) + " tokens read, " +
            std::to_string(reply.usage()->completion_tokens) + " written";
  }
  if (!reply.finish_reason().empty()) line += ", finished by " + reply.finish_reason();
  if (!reply.request_id().empty()) line += ", request id " + reply.request_id();
  console.err.write(console.err.styled(Style::dim, neutral("[" + line + "]", Shape::line)) + "\n");
}

}  // namespace chatopen::program
