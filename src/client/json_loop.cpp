#include "base/redact.hpp"
#include "base/refusal.hpp"
#include "client/client_access.hpp"
#include "client/path.hpp"
#include "client/usage_sum.hpp"
#include "codec/strict_json.hpp"

#include <chatopen/structured_output.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace chatopen {
namespace {

constexpr std::size_t max_snippet_bytes = 1024;

std::string count_of(int number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

// Where the JSON seems to begin, so that the place of its fault can be told.
std::string_view broken_json(std::string_view answer) noexcept {
  const std::size_t start = answer.find_first_of("{[");
  if (start == std::string_view::npos) return {};
  const std::size_t end = answer.find("```", start);
  return answer.substr(start, end == std::string_view::npos ? end : end - start);
}

// Both what a model said and what a validator makes of it.
std::string printable(std::string_view text, const ChatClient& client) {
  const auto credentials = detail::ClientAccess::core(client)->credentials();
  return base::Redactor(*credentials).redact(text, max_snippet_bytes);
}

std::string words_of(const Message& message) {
  std::string words = message.text;
  for (const ContentPart& part : message.parts) {
    if (const TextPart* const text = std::get_if<TextPart>(&part)) words += text->text;
  }
  return words;
}

}  // namespace

JsonLoop::JsonLoop(ChatClient client, ChatRequest request, JsonValidator validator, JsonOptions options)
    : client_(std::move(client)),
      request_(std::move(request)),
      validator_(std::move(validator)),
      options_(std::move(options)) {
  if (options_.max_repairs < 0) {
    result_ = base::refusal(ErrorKind::invalid_argument, {"max_repairs is negative"}, {"use 0 to never ask again"});
  }
}

void JsonLoop::accept(Result<ChatReply> reply) {
  if (done()) return;
  ++answers_;
  if (!reply) {
    Error error = std::move(reply).error();
    error.attempts += attempts_;
    error.maybe_processed = error.maybe_processed || answers_ > 1;
    if (!fault_.empty()) {
      error.detail += (error.detail.empty() ? "" : "; ") + printable("it was asked again because " + fault_, client_);
    }
    result_ = std::move(error);
    return;
  }
  attempts_ += reply->attempts();
  client::add_usage(usage_, reply->usage());
  std::string json;
  fault_ = take(reply->text(), json);
  if (!fault_.empty() && reply->finish_reason() == "length") fault_ += "; it was cut at the limit of tokens";
  if (options_.on_answer) options_.on_answer(*reply, fault_);
  if (fault_.empty()) {
    result_ = JsonAnswer{.json = std::move(json), .reply = *std::move(reply), .usage = usage_, .answers = answers_};
  } else if (answers_ > options_.max_repairs) {
    result_ = unusable(*reply, fault_);
  } else {
    ask_again(*reply, fault_);
  }
}

// Why the answer cannot be used; empty when it can.
std::string JsonLoop::take(const std::string& answer, std::string& json) const {
  std::string first_fault;
  for (const std::string_view value : find_json(answer)) {
    json = value;
    std::string fault = validator_ ? validator_(json) : std::string();
    if (fault.empty()) return fault;
    if (first_fault.empty()) first_fault = std::move(fault);
  }
  if (!first_fault.empty()) return first_fault;
  const std::string_view broken = broken_json(answer);
  if (broken.empty()) return "it has no JSON object or list";
  const auto fault = codec::fault_in_json(broken);
  return "its JSON is " + fault.value_or("not acceptable") + " of the JSON";
}

Error JsonLoop::unusable(const ChatReply& reply, const std::string& fault) const {
  Error error = {.kind = ErrorKind::protocol,
                 .message = printable("the model's answer cannot be used: " + fault, client_),
                 .detail = count_of(answers_, "answer")};
  if (usage_) {
    error.detail += " for " + std::to_string(usage_->total_tokens) + " tokens (" +
                    std::to_string(usage_->prompt_tokens) + " read, " + std::to_string(usage_->completion_tokens) +
                    " written)";
  }
  error.request_id = reply.request_id();
  error.attempts = attempts_;
  error.maybe_processed = true;
  error.body_snippet = printable(reply.text(), client_);
  return error;
}

void JsonLoop::ask_again(const ChatReply& reply, const std::string& fault) {
  const std::string complaint =
      "That answer cannot be used: " + fault + ". Answer again, with the corrected JSON only.";
  std::vector<Message>& messages = request_.messages;
  const auto asked =
      std::find_if(messages.begin(), messages.end(), [](const Message& each) { return each.role == Role::user; });
  const auto route = client::route_of(request_.endpoint, detail::ClientAccess::core(client_)->options().endpoints);
  if (!route || route->wire_form != WireForm::prompt || asked == messages.end()) {
    messages.push_back(Message::assistant(reply.text()));
    messages.push_back(Message::user(complaint));
    return;
  }
  // It takes one user message, and no history.
  if (prompt_.empty()) prompt_ = words_of(*asked);
  *asked = Message::user(prompt_ + "\n\nYou have answered:\n" + reply.text() + "\n\n" + complaint);
}

Result<JsonAnswer> JsonLoop::finish() && {
  if (!result_) return base::refusal(ErrorKind::cancelled, {"the loop was left before there was JSON"});
  return *std::move(result_);
}

Result<JsonAnswer> chat_json_text(const ChatClient& client, ChatRequest request, JsonValidator validator,
                                  JsonOptions options) {
  const CallOptions call = options.call;
  JsonLoop loop(client, std::move(request), std::move(validator), std::move(options));
  while (!loop.done()) loop.accept(client.chat(loop.request(), call));
  return std::move(loop).finish();
}

}  // namespace chatopen
