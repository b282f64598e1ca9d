#pragma once

#include "program.hpp"

#include <chatopen/sandbox/sandbox.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen {

/// A sandbox whose credentials no output may show, and the variables that point to it.
class ProgramTest : public testing::Test {
 protected:
  static constexpr const char* key_id = "canary-key-id-5c1f";
  static constexpr const char* key_secret = "canary-key-secret-9d2e";

  [[nodiscard]] Variables variables() const {
    return {"CHATOPEN_BASE_URL=" + sandbox_.base_url(), std::string("CHATOPEN_ACCESS_KEY_ID=") + key_id,
            std::string("CHATOPEN_ACCESS_KEY_SECRET=") + key_secret};
  }

  [[nodiscard]] Outcome run(const std::vector<std::string>& arguments, const std::string& input = {}) const {
    Outcome outcome = run_program(arguments, variables(), input);
    for (const char* secret : {key_id, key_secret}) {
      EXPECT_THAT(outcome.out, testing::Not(testing::HasSubstr(secret)));
      EXPECT_THAT(outcome.err, testing::Not(testing::HasSubstr(secret)));
    }
    return outcome;
  }

  Sandbox sandbox_ = Sandbox::start({.credentials = {key_id, key_secret}, .max_connections = 256}).value();
};

}  // namespace chatopen
