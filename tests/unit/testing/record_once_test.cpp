#include <chatopen/chatopen.hpp>
#include <chatopen/testing/mock_transport.hpp>
#include <chatopen/testing/record_once.hpp>

#include "../temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace chatopen::testing {
namespace {

using ::testing::HasSubstr;

std::string ask(std::shared_ptr<Transport> transport) {
  const auto client = ChatClient::create(
      {.base_url = "https://x.example", .credentials = {"id", "secret"}, .transport = std::move(transport)});
  const auto reply = client.value().chat({.endpoint = endpoints::gpt_4o(), .messages = {Message::user("Why?")}});
  return reply ? reply->text() : to_string(reply.error());
}

TEST(RecordOnce, RecordsTheFirstTimeAndReplaysFromThenOn) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("cassette.json");
  const auto mock = std::make_shared<MockTransport>();
  mock->reply({.body = R"({"code":"200","data":{"answer":"Because."}})"});
  EXPECT_EQ(ask(record_once(path, mock).value()), "Because.");
  EXPECT_EQ(ask(record_once(path, mock).value()), "Because.");
  EXPECT_EQ(mock->requests().size(), 1u);
  EXPECT_EQ(ask(record_once(path, nullptr).value()), "Because.");
}

TEST(RecordOnce, SaysWhatItCannotDo) {
  const TemporaryDirectory directory;
  const auto missing = record_once(directory.path_of("no.json"), nullptr);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::io);
  EXPECT_THAT(missing.error().message, HasSubstr("no.json' is not there, and there is no transport to record it with"));
  EXPECT_FALSE(record_once(directory.write("broken.json", "{"), nullptr));
  EXPECT_FALSE(record_once("", std::make_shared<MockTransport>()));
}

}  // namespace
}  // namespace chatopen::testing
