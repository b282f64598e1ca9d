#pragma once

#include "raw_server.hpp"

#include <chatopen/chatopen.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/testing/manual_clock.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace integration {

using std::chrono::milliseconds;

inline constexpr std::string_view canary_id = "canary-key-id-7f3a9c51e2";
inline constexpr std::string_view canary_secret = "canary-key-secret-c04d8b6a17";

/// Sanitizers slow the code several times over; what the matrix allows is meant for the code as it ships.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr unsigned slowdown = 5;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr unsigned slowdown = 5;
#else
inline constexpr unsigned slowdown = 1;
#endif
#else
inline constexpr unsigned slowdown = 1;
#endif

/// What the matrix allows on top of a deadline, and for a cancellation to take effect.
inline constexpr milliseconds deadline_slack = milliseconds(100) * slowdown;
inline constexpr milliseconds cancellation_slack = milliseconds(50) * slowdown;

/// The documented multimodal question.
[[nodiscard]] chatopen::ChatRequest question();

/// Fails the test when the text holds a credential of the tests, as it is, percent-encoded or in Base64.
void expect_no_secret(std::string_view text);
/// The same for everything that an error shows.
void expect_no_secret(const chatopen::Error& error);

struct TimedFailure {
  chatopen::Error error;
  milliseconds elapsed;
};

/// Every row of the fault matrix also asserts that nothing leaks: no descriptor, thread or secret.
class FaultMatrix : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  void SetUp() override;
  void TearDown() override;

  /// Canary credentials, and retries that wait on a manual clock.
  [[nodiscard]] chatopen::ClientOptions options_for(std::string base_url) const;
  [[nodiscard]] chatopen::ChatClient client_for(const RawServer& server,
                                                std::shared_ptr<chatopen::Transport> transport = nullptr) const;
  /// Over TLS, trusting this authority.
  [[nodiscard]] chatopen::ChatClient client_for(const RawServer& server, const CertificateAuthority& authority) const;
  [[nodiscard]] static std::shared_ptr<chatopen::Transport> curl(chatopen::CurlOptions options);

  /// Asks and expects an error, which is checked for secrets.
  [[nodiscard]] static TimedFailure timed_failure(const chatopen::ChatClient& client,
                                                  const chatopen::CallOptions& call = {});
  [[nodiscard]] static chatopen::Error failure(const chatopen::ChatClient& client,
                                               const chatopen::CallOptions& call = {});
  /// Asks, cancels as soon as `condition` has returned true, and measures from then on.
  [[nodiscard]] static TimedFailure cancel_when(const chatopen::ChatClient& client,
                                                const chatopen::ChatRequest& request,
                                                const std::function<bool()>& condition);

  std::shared_ptr<chatopen::testing::ManualClock> clock_ = std::make_shared<chatopen::testing::ManualClock>();

 private:
  std::size_t descriptors_ = 0;
  std::size_t threads_ = 0;
};

}  // namespace integration
