#include <chatopen/error.hpp>
#include <chatopen/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace chatopen {
namespace {

using namespace std::chrono_literals;

std::string printed(const Error& error) {
  std::ostringstream stream;
  stream << error;
  return stream.str();
}

TEST(ErrorKind, EveryKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorKind::api); ++i) {
    const std::string_view name = to_string(static_cast<ErrorKind>(i));
    EXPECT_NE(name, "unknown") << i;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(Error, PrintsAllThatIsKnownInOneLine) {
  const Error error{.kind = ErrorKind::rate_limited,
                    .http_status = 429,
                    .code = "1001",
                    .message = "slow\ndown",
                    .detail = "quota",
                    .request_id = "r-1",
                    .retry_after = 2000ms,
                    .attempts = 3,
                    .maybe_processed = true,
                    .body_snippet = "not printed"};
  const std::string line =
      "rate_limited (HTTP 429) [code 1001]: slow down (quota); request id r-1; retry after 2000 ms; 3 attempts; "
      "the service may have processed the request";
  EXPECT_EQ(to_string(error), line);
  EXPECT_EQ(printed(error), line);
}

TEST(Error, PrintsNoMoreThanIsKnown) {
  EXPECT_EQ(to_string(Error{.kind = ErrorKind::io, .message = "no such file"}), "io: no such file");
}

TEST(Exception, CarriesTheErrorAndItsLine) {
  const Exception exception(Error{.kind = ErrorKind::api, .message = "no"});
  const Exception copy = exception;
  EXPECT_EQ(copy.error().kind, ErrorKind::api);
  EXPECT_STREQ(copy.what(), "api: no");
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = 7;
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 7);
  const Result<int> error = Error{.kind = ErrorKind::timeout};
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().kind, ErrorKind::timeout);
}

TEST(Result, ThrowsTheErrorWhenThereIsNoValue) {
  const Result<std::string> result = Error{.kind = ErrorKind::connect, .message = "refused"};
  try {
    static_cast<void>(result.value());
    FAIL() << "value() returned";
  } catch (const Exception& thrown) {
    EXPECT_EQ(thrown.error().message, "refused");
  }
  EXPECT_THROW(static_cast<void>(result->size()), Exception);
  EXPECT_THROW(static_cast<void>(*result), Exception);
}

TEST(Result, MovesTheValueOutOfATemporary) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, OfVoidIsSuccessOrAnError) {
  const Result<void> success;
  EXPECT_TRUE(success);
  EXPECT_NO_THROW(success.value());
  const Result<void> failure = Error{.kind = ErrorKind::io};
  EXPECT_FALSE(failure);
  EXPECT_THROW(failure.value(), Exception);
}

TEST(ResultDeathTest, EndsTheProgramWhenASuccessIsAskedForItsError) {
  const Result<int> value = 7;
  EXPECT_DEATH(static_cast<void>(value.error()), "");
  const Result<void> success;
  EXPECT_DEATH(static_cast<void>(success.error()), "");
}

}  // namespace
}  // namespace chatopen
