#pragma once

#include <chatopen/testing/mock_transport.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen::testing {

/// One step of a mock's script.
struct MockStep {
  MockReply reply = {};
  std::vector<std::string> chunks = {};
  MockStreamEnd end = MockStreamEnd::complete;
  std::optional<TransportFailure> failure = {};
  /// Of the failure.
  std::string message = {};
  bool stalls_before_head = false;
  /// How it ends, exactly; instead of `end`.
  std::optional<TransportOutcome> outcome = {};
  /// False to end so before the head.
  bool has_head = true;
};

/// What a mock was sent. Thread-safe; shared with the exchanges, which may outlive the mock by a callback.
class MockLog {
 public:
  /// In the order in which exchanges begin. A body that is read from a source is added once it was. Returns its index.
  [[nodiscard]] std::size_t add(const HttpRequest& request);
  void set_body(std::size_t index, std::string body);
  [[nodiscard]] std::vector<RecordedRequest> requests() const;

 private:
  mutable std::mutex mutex_;
  std::vector<RecordedRequest> requests_;
};

/// An outcome of such a failure.
[[nodiscard]] TransportOutcome mock_failure(TransportFailure failure, std::string message);

/// Reads the request's body, and plays a step for its exchange, as far as it goes at a time.
class MockPlayback {
 public:
  /// The first three must outlive it. `index` is the request's in the log; without a log, its body was read before.
  MockPlayback(const MockStep& step, const HttpRequest& request, ResponseSink& sink,
               std::shared_ptr<MockLog> log = nullptr, std::size_t index = 0) noexcept
      : step_(step), request_(request), sink_(sink), log_(std::move(log)), index_(index), body_read_(log_ == nullptr) {}

  enum class Rest : std::uint8_t {
    none,    ///< It is over; there is an outcome.
    paused,  ///< The sink has paused it.
    stalled  ///< Nothing comes any more, and no deadline ends that.
  };
  /// Goes on until it rests. `cancelled` is asked before each piece.
  template <typename Cancelled>
  Rest play(Cancelled cancelled) {
    while (!outcome_) {
      if (cancelled()) {
        outcome_ = mock_failure(TransportFailure::cancelled, {});
        break;
      }
      if (is_stalled_) return Rest::stalled;
      if (play_piece() == SinkAction::pause) return Rest::paused;
    }
    return Rest::none;
  }
  /// Once nothing rests.
  [[nodiscard]] const TransportOutcome& outcome() const noexcept { return *outcome_; }

 private:
  SinkAction play_piece();
  void read_body(BodySource& source);
  SinkAction obey(SinkAction action);
  SinkAction deliver(std::string_view bytes);
  void end();
  void stall(const std::optional<std::chrono::milliseconds>& deadline, TransportFailure passed);

  const MockStep& step_;
  const HttpRequest& request_;
  ResponseSink& sink_;
  std::shared_ptr<MockLog> log_;
  std::size_t index_;
  std::string body_;
  bool body_read_;
  bool head_sent_ = false;
  bool body_sent_ = false;
  bool is_stalled_ = false;
  std::size_t next_chunk_ = 0;
  std::size_t received_ = 0;
  std::optional<TransportOutcome> outcome_;
};

}  // namespace chatopen::testing
