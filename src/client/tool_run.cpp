#include "client/history.hpp"

#include <chatopen/tools.hpp>

#include <iterator>
#include <utility>

namespace chatopen {

namespace detail {

/// Drives a loop by blocking calls.
class ToolRunner {
 public:
  /// `on_delta` is null for calls without pieces.
  static ToolRun run(const ChatClient& client, ChatRequest request, std::vector<ToolHandler> handlers,
                     const detail::DeltaCallback* on_delta, ToolOptions options) {
    const CallOptions call = options.call;
    ToolLoop loop(std::move(request), std::move(handlers), std::move(options));
    while (!loop.done()) {
      bool stopped = false;
      const auto watched = [&](const ChatDelta& delta) {
        stopped = !(*on_delta)(delta);
        return !stopped;
      };
      Result<ChatReply> reply = on_delta == nullptr ? client.chat(loop.request(), call)  //
                                                    : client.chat(loop.request(), watched, call);
      if (stopped && reply) {
        // Not a whole reply: its tools may have half their arguments.
        ++loop.run_.steps;
        loop.end(std::move(reply));
      } else {
        loop.accept(std::move(reply));
      }
    }
    return std::move(loop).finish();
  }

  static ToolRun run(Conversation& conversation, Question question, std::vector<ToolHandler> handlers,
                     const detail::DeltaCallback* on_delta, ToolOptions options) {
    Error fault;
    if (client::refuses_question(question.message(), fault)) return {.reply = std::move(fault)};
    ToolRun run = ToolRunner::run(conversation.client(), conversation.prepare(question), std::move(handlers), on_delta,
                                  std::move(options));
    const bool answered = run.reply && (run.steps > 1 || !run.reply->text().empty());
    if (!answered) return run;
    std::vector<Message> exchange;
    exchange.reserve(1 + run.transcript.size());
    exchange.push_back(std::move(question).message());
    exchange.insert(exchange.end(), run.transcript.begin(), run.transcript.end());
    // One that was stopped is not whole, and is refused.
    static_cast<void>(conversation.accept(std::move(exchange)));
    return run;
  }
};

}  // namespace detail

using detail::ToolRunner;

ToolRun run_tools(const ChatClient& client, ChatRequest request, std::vector<ToolHandler> handlers,
                  ToolOptions options) {
  return ToolRunner::run(client, std::move(request), std::move(handlers), nullptr, std::move(options));
}

ToolRun run_tools(Conversation& conversation, Question question, std::vector<ToolHandler> handlers,
                  ToolOptions options) {
  return ToolRunner::run(conversation, std::move(question), std::move(handlers), nullptr, std::move(options));
}

namespace detail {

ToolRun stream_tools(const ChatClient& client, ChatRequest request, std::vector<ToolHandler> handlers,
                     const DeltaCallback& on_delta, ToolOptions options) {
  return ToolRunner::run(client, std::move(request), std::move(handlers), &on_delta, std::move(options));
}

ToolRun stream_tools(Conversation& conversation, Question question, std::vector<ToolHandler> handlers,
                     const DeltaCallback& on_delta, ToolOptions options) {
  return ToolRunner::run(conversation, std::move(question), std::move(handlers), &on_delta, std::move(options));
}

}  // namespace detail

}  // namespace chatopen
