#include "async_matrix.hpp"

#include <thread>

namespace integration {

using chatopen::ChatClient;
using chatopen::ChatReply;
using chatopen::Error;
using chatopen::Pending;
using chatopen::Result;

void CallLog::count(int Counts::*what) noexcept {
  const std::lock_guard lock(mutex_);
  ++(counts_.*what);
  changed_.notify_all();
}

void CallLog::on_attempt(const chatopen::CallInfo&, const chatopen::AttemptStarted&) noexcept {
  count(&Counts::attempts);
}
void CallLog::on_first_delta(const chatopen::CallInfo&, const chatopen::FirstDelta&) noexcept {
  count(&Counts::first_deltas);
}
void CallLog::on_retry(const chatopen::CallInfo&, const chatopen::RetryScheduled&) noexcept {
  count(&Counts::retries);
}
void CallLog::on_complete(const chatopen::CallInfo&, const chatopen::CallCompleted& event) noexcept {
  {
    const std::lock_guard lock(mutex_);
    completed_at_ = std::chrono::steady_clock::now();
    completed_as_ = event.error == nullptr ? std::nullopt : std::optional(event.error->kind);
  }
  count(&Counts::completions);
}

CallLog::Counts CallLog::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool CallLog::wait_for(int Counts::*what, int wanted) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, hung, [&] { return counts_.*what >= wanted; });
}

CallLog::TimePoint CallLog::completed_at() const {
  const std::lock_guard lock(mutex_);
  return completed_at_;
}

std::optional<chatopen::ErrorKind> CallLog::completed_as() const {
  const std::lock_guard lock(mutex_);
  return completed_as_;
}

std::string name_of(Driver driver) {
  switch (driver) {
    case Driver::own_thread: return "OnItsOwnThread";
    case Driver::pool: return "OnThePool";
    case Driver::poll: return "Polled";
  }
  return "";
}

std::string name_of_param(const ::testing::TestParamInfo<Driver>& tested) {
  return name_of(tested.param);
}

std::string piece(std::string_view text) {
  return R"(data:{"code":"200","data":{"answer":")" + std::string(text) + "\"}}\n\n";
}

void stall_in_stream(Connection& connection) {
  connection.read_request();
  connection.send(std::string(stream_head) + piece("once"));
  connection.wait_for_close();
}

void stream_for_ever(Connection& connection) {
  connection.read_request();
  bool goes_on = connection.send(stream_head);
  while (goes_on) goes_on = connection.send(piece("more")) && connection.pause(milliseconds(1));
}

chatopen::ClientOptions AsyncMatrix::async_options(std::string base_url) const {
  chatopen::ClientOptions options = options_for(std::move(base_url));
  options.clock = chatopen::Clock::system();
  options.observer = log_;
  return options;
}

ChatClient AsyncMatrix::async_client(const std::string& base_url,
                                     std::shared_ptr<chatopen::Transport> transport) const {
  chatopen::ClientOptions options = async_options(base_url);
  options.transport = std::move(transport);
  return ChatClient::create(std::move(options)).value();
}

std::shared_ptr<chatopen::Transport> AsyncMatrix::transport_of(Driver driver) {
  chatopen::CurlOptions options;
  options.poll_driven = driver == Driver::poll;
  auto transport = curl(std::move(options));
  return driver == Driver::pool ? std::make_shared<PerformOnly>(std::move(transport)) : transport;
}

Result<ChatReply> AsyncMatrix::result_of(Pending<ChatReply>&& pending) {
  if (!pending.wait_for(hung)) {
    ADD_FAILURE() << "the call hangs";
    pending.cancel();
  }
  return std::move(pending).get();
}

Error AsyncMatrix::error_of(Pending<ChatReply>&& pending) {
  const Result<ChatReply> result = result_of(std::move(pending));
  if (result) {
    ADD_FAILURE() << "the call succeeded: " << result->raw().substr(0, 200);
    return {};
  }
  expect_no_secret(result.error());
  return result.error();
}

}  // namespace integration
