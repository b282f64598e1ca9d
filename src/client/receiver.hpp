#pragma once

#include "base/redact.hpp"
#include "client/failed_attempt.hpp"
#include "client/observation.hpp"
#include "client/prepared_call.hpp"

#include <chatopen/transport.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::client {

/// Receives the replies of a call's attempts, one after the other, and makes the call's value of the one that succeeds.
/// Collects a body in memory unless a derived class does otherwise; of an error's body only as much as the limit says.
class Receiver : public ResponseSink {
 public:
  /// Of this call, which must outlive it.
  explicit Receiver(PreparedCall& prepared) noexcept : prepared_(prepared) {}

  /// Forgets the last attempt.
  virtual void restart();
  [[nodiscard]] SinkAction on_head(int status, const std::vector<HttpHeader>& headers) final;
  [[nodiscard]] SinkAction on_body(std::string_view bytes) final;

  /// The end of an attempt that the transport calls a success: the value is kept, or this says why there is none.
  [[nodiscard]] virtual std::optional<FailedAttempt> finish(const TransportOutcome& outcome) = 0;
  /// Whether the content itself shows that the reply is whole, although its framing was cut.
  [[nodiscard]] virtual bool shows_its_end() const noexcept { return false; }
  /// Where a failed attempt means something else for this kind of call than for any other.
  virtual void weigh(FailedAttempt& /*failed*/) const {}
  /// Fills in what an observer may know of the value.
  virtual void describe(CallCompleted& event) const = 0;
  /// Whether any piece of the reply reached the caller, so that nothing may be sent again.
  [[nodiscard]] virtual bool has_delivered() const noexcept { return false; }

  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] bool is_success() const noexcept { return status_ >= 200 && status_ < 300; }
  [[nodiscard]] const std::vector<HttpHeader>& headers() const noexcept { return headers_; }
  /// The first value of a header; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::string& body() noexcept { return body_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// What a callback of the caller's has thrown; of a started exchange also what the receiver itself has.
  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }
  /// Within a handler: the call then ends with the current exception.
  void keep_exception() noexcept { exception_ = std::current_exception(); }

 protected:
  /// The head of a success came.
  virtual void begin_body() {}
  /// The next bytes of a success.
  [[nodiscard]] virtual SinkAction add_body(std::string_view bytes);

  [[nodiscard]] const Limits& limits() const noexcept { return prepared_.request->limits; }
  [[nodiscard]] const base::Redactor& redactor() const noexcept { return prepared_.redactor; }
  [[nodiscard]] Observation& observation() noexcept { return prepared_.observation; }

 private:
  PreparedCall& prepared_;
  std::vector<HttpHeader> headers_;
  std::string body_;
  std::exception_ptr exception_;
  int status_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace chatopen::client
