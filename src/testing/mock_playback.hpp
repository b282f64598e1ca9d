#pragma once

#include <chatopen/testing/mock_transport.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
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

/// An outcome of such a failure.
[[nodiscard]] TransportOutcome mock_failure(TransportFailure failure, std::string message);

/// Plays a step for one exchange, as far as it goes at a time.
class MockPlayback {
 public:
  /// All must outlive it.
  MockPlayback(const MockStep& step, const HttpRequest& request, ResponseSink& sink) noexcept
      : step_(step), request_(request), sink_(sink) {}

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
  SinkAction obey(SinkAction action);
  SinkAction deliver(std::string_view bytes);
  void end();
  void stall(const std::optional<std::chrono::milliseconds>& deadline, TransportFailure passed);

  const MockStep& step_;
  const HttpRequest& request_;
  ResponseSink& sink_;
  bool head_sent_ = false;
  bool body_sent_ = false;
  bool is_stalled_ = false;
  std::size_t next_chunk_ = 0;
  std::size_t received_ = 0;
  std::optional<TransportOutcome> outcome_;
};

}  // namespace chatopen::testing
