#include <chatopen/conversation.hpp>

#include "base/refusal.hpp"
#include "client/history.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace chatopen {
namespace {

// Takes back what was added when the caller's estimate throws.
class HistoryBefore {
 public:
  explicit HistoryBefore(std::vector<Message>& history) noexcept : history_(&history), size_(history.size()) {}
  HistoryBefore(const HistoryBefore&) = delete;
  HistoryBefore& operator=(const HistoryBefore&) = delete;
  ~HistoryBefore() {
    if (history_ == nullptr || history_->size() <= size_) return;
    history_->erase(std::next(history_->begin(), static_cast<std::ptrdiff_t>(size_)), history_->end());
  }
  void forget() noexcept { history_ = nullptr; }

 private:
  std::vector<Message>* history_;
  std::size_t size_;
};

}  // namespace

Message as_message(const ChatReply& reply) {
  Message message = Message::assistant(reply.text());
  message.tool_calls = reply.tool_calls();
  return message;
}

PendingAnswer::PendingAnswer(Question question, Result<Pending<ChatReply>> pending, std::shared_ptr<const bool> stopped)
    : question_(std::move(question)), pending_(std::move(pending)), stopped_(std::move(stopped)) {}

bool PendingAnswer::ready() const noexcept {
  return !pending_ || pending_->ready();
}
void PendingAnswer::wait() const {
  if (pending_) pending_->wait();
}
bool PendingAnswer::wait_for(std::chrono::milliseconds duration) const {
  return !pending_ || pending_->wait_for(duration);
}
void PendingAnswer::cancel() noexcept {
  if (pending_) pending_->cancel();
}

Conversation::Conversation(ChatClient client, ChatRequest request)
    : client_(std::move(client)), request_(std::move(request)) {}

Conversation::Conversation(ChatClient client, Endpoint endpoint, std::string persona) : client_(std::move(client)) {
  request_.endpoint = std::move(endpoint);
  set_persona(std::move(persona));
}

void Conversation::set_persona(std::string persona) {
  std::vector<Message> messages;
  if (!persona.empty()) messages.push_back(Message::system(std::move(persona)));
  request_.messages.swap(messages);
}

Result<void> Conversation::check(const Question& question) {
  Error fault;
  if (client::refuses_question(question.message(), fault)) return fault;
  return {};
}

Result<ChatReply> Conversation::ask(Question question, const CallOptions& options) {
  if (Result<void> checked = check(question); !checked) return checked.error();
  Result<ChatReply> reply = client_.chat(prepare(question), options);
  if (reply) keep(std::move(question), *reply);
  return reply;
}

Result<ChatReply> Conversation::ask_with(Question question, const detail::DeltaCallback& on_delta,
                                         const CallOptions& options) {
  if (Result<void> checked = check(question); !checked) return checked.error();
  bool stopped = false;
  const auto watched = [&](const ChatDelta& delta) {
    stopped = !on_delta(delta);
    return !stopped;
  };
  Result<ChatReply> reply = client_.chat(prepare(question), watched, options);
  if (reply && !stopped) keep(std::move(question), *reply);
  return reply;
}

PendingAnswer Conversation::ask_async(Question question, const CallOptions& options) const {
  if (Result<void> checked = check(question); !checked) return PendingAnswer(std::move(question), checked.error());
  Pending<ChatReply> pending = client_.chat_async(prepare(question), options);
  return PendingAnswer(std::move(question), std::move(pending));
}

Result<ChatReply> Conversation::accept(PendingAnswer answer) {
  if (!answer.pending_) return answer.pending_.error();
  Result<ChatReply> reply = (*std::move(answer.pending_)).get();
  if (reply && (answer.stopped_ == nullptr || !*answer.stopped_)) keep(std::move(answer.question_), *reply);
  return reply;
}

ChatRequest Conversation::prepare(const Question& question) const {
  std::size_t others = 0;
  if (limits_.max_tokens) {
    others = client::tokens_of(request_.messages, limits_);
    others += std::min(client::tokens_of(question.message(), limits_), SIZE_MAX - others);
  }
  const std::size_t kept_from = client::first_kept(history_, limits_, others);
  ChatRequest request = request_;
  request.messages.reserve(request.messages.size() + history_.size() - kept_from + 1);
  request.messages.insert(request.messages.end(), std::next(history_.begin(), static_cast<std::ptrdiff_t>(kept_from)),
                          history_.end());
  request.messages.push_back(question.message());
  return request;
}

Result<void> Conversation::accept(Question question, const ChatReply& reply) {
  if (Result<void> checked = check(question); !checked) return checked;
  if (reply.text().empty() && reply.tool_calls().empty()) {
    return base::refusal(ErrorKind::invalid_argument, {"the reply has no text"}, {"it is no answer to remember"});
  }
  std::vector<Message> exchange;
  exchange.reserve(2);
  exchange.push_back(std::move(question).message());
  exchange.push_back(as_message(reply));
  return accept(std::move(exchange));
}

Result<void> Conversation::accept(std::vector<Message> exchange) {
  Error fault;
  if (client::refuses_history(exchange, "exchange", fault)) return fault;
  HistoryBefore before(history_);
  history_.insert(history_.end(), std::make_move_iterator(exchange.begin()), std::make_move_iterator(exchange.end()));
  const std::size_t kept_from = client::first_kept(history_, limits_, client::tokens_of(request_.messages, limits_));
  before.forget();
  history_.erase(history_.begin(), std::next(history_.begin(), static_cast<std::ptrdiff_t>(kept_from)));
  return {};
}

void Conversation::keep(Question question, const ChatReply& reply) {
  // What is refused is no answer to remember, and the caller has the reply.
  static_cast<void>(accept(std::move(question), reply));
}

}  // namespace chatopen
