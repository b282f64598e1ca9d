#include "batch_run.hpp"

#include "batch_line.hpp"
#include "connection.hpp"
#include "console.hpp"
#include "interruption.hpp"
#include "mailbox.hpp"
#include "progress.hpp"
#include "reply_record.hpp"

#include <poll.h>

#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

namespace chatopen::program {
namespace {

using nlohmann::ordered_json;

// How a line's record begins.
struct Started {
  std::uint64_t line = 0;
  ordered_json id;
  // Where the line is, for people.
  std::string place;
};

// Whether the line, or a file that it names, is at fault.
bool is_the_lines(const Error& error) {
  return error.kind == ErrorKind::invalid_argument || error.kind == ErrorKind::io;
}

class BatchRun {
 public:
  BatchRun(BatchInput& input, BatchOutput& output, const BatchOptions& options, const Connection& connection,
           const Interruption& interruption, Console& console)
      : input_(input),
        output_(output),
        options_(options),
        connection_(connection),
        interruption_(interruption),
        // It would be drawn over what is typed.
        progress_(console.err, Unit::lines, !input.is_typed()) {
    if (progress_.visible()) total_ = input.count_lines();
  }

  Result<BatchTally> run();

 private:
  [[nodiscard]] bool has_room() const {
    return interruption_.signal() == 0 && !input_.ended() && started_.size() < options_.concurrency &&
           started_.size() + ready_.size() < 4 * options_.concurrency;
  }
  [[nodiscard]] Result<void> start(const BatchInput::Line& line);
  void collect();
  [[nodiscard]] Result<void> write_ready();
  void wait();
  void settle(std::uint64_t sequence, const Started& started, const ordered_json& outcome);
  void settle_failed(std::uint64_t sequence, const Started& started, Error error);

  BatchInput& input_;
  BatchOutput& output_;
  const BatchOptions& options_;
  const Connection& connection_;
  const Interruption& interruption_;
  Progress progress_;
  std::optional<std::uint64_t> total_ = {};
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  // Lines that are asked, and records that are to be written, by their sequence.
  std::unordered_map<std::uint64_t, Started> started_ = {};
  std::map<std::uint64_t, std::string> ready_ = {};
  std::uint64_t next_sequence_ = 0;
  std::uint64_t next_written_ = 0;
  std::uint64_t blank_ = 0;
  BatchTally tally_ = {};
};

void BatchRun::settle(std::uint64_t sequence, const Started& started, const ordered_json& outcome) {
  ordered_json record = {{"line", started.line}};
  if (!started.id.is_null()) record["id"] = started.id;
  ++(outcome.contains("error") ? tally_.failed : tally_.answered);
  record.update(outcome);
  ready_.emplace(sequence, dump(record) + "\n");
}

void BatchRun::settle_failed(std::uint64_t sequence, const Started& started, Error error) {
  if (is_the_lines(error)) error.message = started.place + ": " + error.message;
  settle(sequence, started, {{"error", to_record(error)}});
}

Result<void> BatchRun::start(const BatchInput::Line& line) {
  if (line.text.find_first_not_of(" \t\r") == std::string::npos) {
    ++blank_;
    return {};
  }
  if (output_.has_records()) {
    const Result<bool> has = output_.has(line.number, id_of(line.text));
    if (!has) return has.error();
    if (*has) {
      ++tally_.skipped;
      return {};
    }
  }
  const std::uint64_t sequence = next_sequence_++;
  Started started{line.number, {}, line.place};
  Result<BatchLine> parsed =
      line.cut ? Result<BatchLine>(Error{.kind = ErrorKind::invalid_argument, .message = "longer than 128 MiB"})
               : parse_batch_line(line.text, options_.defaults, started.id);
  if (!parsed) {
    settle_failed(sequence, started, std::move(parsed).error());
    return {};
  }
  CallOptions call = connection_.call(interruption_.token());
  for (HttpHeader& each : parsed->headers) call.headers.push_back(std::move(each));
  started_.emplace(sequence, std::move(started));
  connection_.client().chat_async(parsed->request, call).then([mailbox = mailbox_, sequence](Result<ChatReply> reply) {
    mailbox->put(sequence, std::move(reply));
  });
  return {};
}

void BatchRun::collect() {
  for (auto& [sequence, reply] : mailbox_->take()) {
    const auto found = started_.find(sequence);
    const Started started = std::move(found->second);
    started_.erase(found);
    if (reply) {
      ordered_json outcome = to_record(*reply);
      if (options_.raw) outcome["raw"] = ordered_json::parse(reply->raw(), nullptr, /*allow_exceptions=*/false);
      if (options_.raw && outcome["raw"].is_discarded()) outcome["raw"] = nullptr;
      settle(sequence, started, outcome);
    } else if (reply.error().kind != ErrorKind::cancelled) {
      settle_failed(sequence, started, std::move(reply).error());
    }
  }
}

Result<void> BatchRun::write_ready() {
  // Once interrupted, gaps are not going to be filled.
  const bool any_order = options_.unordered || interruption_.signal() != 0;
  while (!ready_.empty() && (any_order || ready_.begin()->first == next_written_)) {
    if (output_.is_terminal()) progress_.clear();
    if (Result<void> written = output_.append(ready_.begin()->second); !written) return written;
    next_written_ = ready_.begin()->first + 1;
    ready_.erase(ready_.begin());
  }
  return {};
}

void BatchRun::wait() {
  const std::uint64_t done = tally_.answered + tally_.failed;
  progress_.update(
      {.position = done + tally_.skipped + blank_, .total = total_, .done = done, .failed = tally_.failed});
  pollfd all[] = {{mailbox_->descriptor(), POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}};
  if (interruption_.signal() == 0) all[1].fd = interruption_.descriptor();
  if (has_room()) all[2].fd = input_.descriptor();
  // A terminal's clock goes on while nothing happens.
  if (::poll(all, 3, progress_.visible() ? 200 : -1) > 0 && all[2].revents != 0) input_.fill();
}

Result<BatchTally> BatchRun::run() {
  for (;;) {
    collect();
    if (Result<void> written = write_ready(); !written) return written.error();
    if (has_room()) {
      if (std::optional<BatchInput::Line> line = input_.next()) {
        if (Result<void> begun = start(*line); !begun) return begun.error();
        continue;
      }
    }
    const bool no_more = interruption_.signal() != 0 || input_.ended();
    if (no_more && started_.empty() && ready_.empty()) break;
    wait();
  }
  if (Result<void> synced = output_.sync(); !synced) return synced.error();
  if (input_.failure() && interruption_.signal() == 0) return *input_.failure();
  return tally_;
}

}  // namespace

Result<BatchTally> run_batch(BatchInput& input, BatchOutput& output, const BatchOptions& options,
                             const Connection& connection, const Interruption& interruption, Console& console) {
  return BatchRun(input, output, options, connection, interruption, console).run();
}

}  // namespace chatopen::program
