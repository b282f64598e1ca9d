#include "program_test.hpp"
#include "terminal.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace chatopen {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Upload : public ProgramTest {
 protected:
  Upload() { std::ofstream(file_) << "\x89PNG\r\n\x1a\n................"; }
  ~Upload() override { std::remove(file_.c_str()); }

  std::string file_ = testing::TempDir() + "chatopen_upload_test_" + std::to_string(::getpid()) + ".png";
};

TEST_F(Upload, PrintsTheUrl) {
  const Outcome outcome = run({"upload", file_});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(StartsWith("https://sandbox.invalid/files/"), EndsWith(".png\n")));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(Upload, PrintsTheUrlOnATerminalToo) {
  Terminal terminal({"upload", file_}, variables());
  ASSERT_TRUE(terminal.expect("https://sandbox.invalid/files/"));
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(terminal.screen(), EndsWith(".png\r\n"));
}

TEST_F(Upload, TakesSeveralFilesAndGoesOnAfterOneThatFails) {
  const Outcome outcome = run({"upload", "--json", file_, "/nowhere.png", file_});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, StartsWith("chatopen: /nowhere.png: io: "));
  const json first = json::parse(outcome.out.substr(0, outcome.out.find('\n')));
  EXPECT_EQ(first["file"], file_);
  EXPECT_EQ(first["attempts"], 1);
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 2);
}

TEST_F(Upload, TakesANameAndAPath) {
  EXPECT_THAT(run({"upload", "--name", "cat.png", "--media-type", "image/png", "--path",
                   "/AIGCChatOpenServ/saas/file/upload", file_})
                  .out,
              EndsWith("/cat.png\n"));
  EXPECT_EQ(run({"upload", "--name", "cat.png", file_, file_}).code, 2);
  EXPECT_EQ(run({"upload"}).code, 2);
}

TEST_F(Upload, ReadsAPipeWhereADashStands) {
  const std::string bytes("\x89PNG\r\n\x1a\n\0\n\r\n", 12);
  const Outcome outcome = run({"upload", "--name", "cat.png", "-"}, bytes);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, EndsWith("/cat.png\n"));
  std::ofstream(file_, std::ios::binary) << bytes;
  EXPECT_EQ(run({"upload", "--name", "cat.png", file_}).out, outcome.out);
  EXPECT_THAT(run({"upload", "-"}, bytes).out, EndsWith("/file.png\n"));
}

TEST_F(Upload, TellsWhyTheServiceRefused) {
  const Outcome outcome = run({"upload", "--header", "X-Sandbox-Reply: status=413", file_});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("invalid_request (HTTP 413)"));
}

TEST_F(Upload, ShowsItsProgressAndIsInterrupted) {
  Terminal terminal({"upload", "--header", "X-Sandbox-Reply: delay-ms=600000", file_}, variables());
  ASSERT_TRUE(terminal.expect("24 B of 24 B"));
  terminal.type("\x03");
  ASSERT_TRUE(terminal.expect("cancelled"));
  EXPECT_EQ(terminal.wait(), 130);
}

}  // namespace
}  // namespace chatopen
