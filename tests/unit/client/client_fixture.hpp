#pragma once

#include <chatopen/chatopen.hpp>
#include <chatopen/testing/manual_clock.hpp>
#include <chatopen/testing/mock_transport.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace chatopen {

inline constexpr const char* hi_envelope = R"({"code":"200","msg":"ok","data":{"answer":"hi"}})";

/// A client over a mock, whose waits take no time.
class ClientOverMock : public ::testing::Test {
 protected:
  [[nodiscard]] ClientOptions options() const {
    return {.base_url = "https://x.example",
            .credentials = {"canary-id-4711", "canary-secret-0815"},
            .transport = mock,
            .clock = clock,
            .jitter = [] { return 1.0; }};
  }

  [[nodiscard]] ChatClient make(ClientOptions with) const { return ChatClient::create(std::move(with)).value(); }
  [[nodiscard]] ChatClient make() const { return make(options()); }

  [[nodiscard]] static ChatRequest question() {
    return {.endpoint = endpoints::gpt_4o(), .messages = {Message::user("hello")}};
  }

  std::shared_ptr<testing::MockTransport> mock = std::make_shared<testing::MockTransport>();
  std::shared_ptr<testing::ManualClock> clock = std::make_shared<testing::ManualClock>();
};

}  // namespace chatopen
