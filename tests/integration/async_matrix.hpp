#pragma once

#include "fault_matrix.hpp"

#include <chatopen/observer.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace integration {

/// What a test waits for at most before it calls something hung.
inline constexpr milliseconds hung = std::chrono::seconds(10);

/// Hears of the calls of a test's clients, and lets it wait for what happens to them.
class CallLog final : public chatopen::Observer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void on_attempt(const chatopen::CallInfo& call, const chatopen::AttemptStarted& event) noexcept override;
  void on_first_delta(const chatopen::CallInfo& call, const chatopen::FirstDelta& event) noexcept override;
  void on_retry(const chatopen::CallInfo& call, const chatopen::RetryScheduled& event) noexcept override;
  void on_complete(const chatopen::CallInfo& call, const chatopen::CallCompleted& event) noexcept override;

  struct Counts {
    int attempts = 0;
    int first_deltas = 0;
    int retries = 0;
    int completions = 0;
  };
  [[nodiscard]] Counts counts() const;
  /// Waits for that many; false after `hung`.
  bool wait_for_attempts(int wanted) const { return wait_for(&Counts::attempts, wanted); }
  bool wait_for_first_deltas(int wanted) const { return wait_for(&Counts::first_deltas, wanted); }
  bool wait_for_retries(int wanted) const { return wait_for(&Counts::retries, wanted); }
  bool wait_for_completions(int wanted) const { return wait_for(&Counts::completions, wanted); }
  /// Of the last completion.
  [[nodiscard]] TimePoint completed_at() const;
  [[nodiscard]] std::optional<chatopen::ErrorKind> completed_as() const;

 private:
  bool wait_for(int Counts::*what, int wanted) const;
  void count(int Counts::*what) noexcept;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Counts counts_;
  TimePoint completed_at_;
  std::optional<chatopen::ErrorKind> completed_as_;
};

/// Has only the blocking half of a transport, so that its asynchronous calls run on the client's pool of threads.
class PerformOnly final : public chatopen::Transport {
 public:
  explicit PerformOnly(std::shared_ptr<chatopen::Transport> inner) : inner_(std::move(inner)) {}
  chatopen::TransportOutcome perform(const chatopen::HttpRequest& request, chatopen::ResponseSink& sink,
                                     const chatopen::CancelToken& cancel) override {
    return inner_->perform(request, sink, cancel);
  }

 private:
  std::shared_ptr<chatopen::Transport> inner_;
};

/// What runs asynchronous calls.
enum class Driver { own_thread, pool, poll };
/// As the names of tests end.
[[nodiscard]] std::string name_of(Driver driver);
[[nodiscard]] std::string name_of_param(const ::testing::TestParamInfo<Driver>& tested);

/// The head of a stream that ends when its connection closes.
inline constexpr std::string_view stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
/// An event of it that brings one delta.
[[nodiscard]] std::string piece(std::string_view text);
inline constexpr std::string_view stream_end = "data:[DONE]\n\n";

/// Reads a request, sends one piece of a stream, and never another byte.
void stall_in_stream(Connection& connection);
/// Reads a request and sends pieces of a stream until the client closes.
void stream_for_ever(Connection& connection);

/// Asynchronous calls on the system's clock, heard by a log.
class AsyncMatrix : public FaultMatrix {
 protected:
  [[nodiscard]] chatopen::ClientOptions async_options(std::string base_url) const;
  [[nodiscard]] chatopen::ChatClient async_client(const std::string& base_url,
                                                  std::shared_ptr<chatopen::Transport> transport = nullptr) const;
  [[nodiscard]] static std::shared_ptr<chatopen::Transport> transport_of(Driver driver);

  /// The result, which must come; drives a client that must be polled.
  [[nodiscard]] static chatopen::Result<chatopen::ChatReply> result_of(
      chatopen::Pending<chatopen::ChatReply>&& pending);
  /// Its error, checked for secrets.
  [[nodiscard]] static chatopen::Error error_of(chatopen::Pending<chatopen::ChatReply>&& pending);

  std::shared_ptr<CallLog> log_ = std::make_shared<CallLog>();
};

}  // namespace integration
