#pragma once

#include "base/redact.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/observer.hpp>

#include <memory>
#include <string>

namespace chatopen::client {

/// Tells an observer of one call. Without an observer, nothing costs more than a test for null.
class Observation {
 public:
  Observation() noexcept = default;
  /// `url` may have a query; the clock must outlive the call.
  Observation(std::shared_ptr<Observer> observer, const Clock& clock, const Endpoint& endpoint, const std::string& url,
              const std::vector<HttpHeader>& headers, bool streaming);

  void attempt(int number, std::uint64_t request_bytes);
  void head(int status, const std::vector<HttpHeader>& headers, const base::Redactor& redactor);
  void first_delta();
  void retry(const Error& reason, Clock::Duration wait);
  /// `event` without its duration.
  void complete(CallCompleted event, const base::Redactor& redactor);
  [[nodiscard]] bool is_on() const noexcept { return observer_ != nullptr; }

 private:
  [[nodiscard]] CallInfo info() const noexcept;

  std::shared_ptr<Observer> observer_;
  const Clock* clock_ = nullptr;
  std::uint64_t call_id_ = 0;
  std::string endpoint_;
  std::string model_;
  std::string url_;
  std::string traceparent_;
  bool streaming_ = false;
  int attempt_ = 0;
  Clock::TimePoint call_started_;
  Clock::TimePoint attempt_started_;
};

}  // namespace chatopen::client
