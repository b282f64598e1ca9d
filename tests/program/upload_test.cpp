#include "program_test.hpp"
#include "standard_input.hpp"
#include "terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace chatopen {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A file open for reading.
class Input {
 public:
  explicit Input(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Input() { ::close(descriptor_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

class Upload : public ProgramTest {
 protected:
  Upload() { std::ofstream(file_) << "\x89PNG\r\n\x1a\n................"; }
  ~Upload() override { std::remove(file_.c_str()); }

  [[nodiscard]] std::string contents() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

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

TEST_F(Upload, SendsAFileOnItsStandardInputFromWhereItStands) {
  const std::string expected = run({"upload", "--name", "file.png", file_}).out;
  const std::string picture = contents();
  std::ofstream(file_, std::ios::binary) << "before" << picture;
  Input input(file_);
  ASSERT_EQ(::lseek(input.descriptor(), 6, SEEK_SET), 6);
  RunningProgram program({"upload", "-"}, variables(), input.descriptor());
  EXPECT_EQ(program.wait(), 0) << program.errors();
  EXPECT_EQ(program.output(), expected);
  // As a program that reads it leaves it.
  EXPECT_EQ(::lseek(input.descriptor(), 0, SEEK_CUR), static_cast<off_t>(6 + picture.size()));
}

TEST_F(Upload, SendsALargeFileOnItsStandardInput) {
  // Sparse: it takes no room on the disk. The service, not the program, finds it too large.
  std::filesystem::resize_file(file_, std::uintmax_t{257} << 20);
  RunningProgram program({"upload", "-"}, variables(), Input(file_).descriptor());
  EXPECT_EQ(program.wait(), 1);
  EXPECT_THAT(program.errors(), HasSubstr("(HTTP 413)"));
}

TEST_F(Upload, ReadsAFileOfUnknownSizeOnItsStandardInput) {
  RunningProgram program({"upload", "-"}, variables(), Input("/proc/self/status").descriptor());
  EXPECT_EQ(program.wait(), 0) << program.errors();
}

TEST_F(Upload, GoesBackToWhereTheStandardInputStood) {
  const Input input(file_);
  ASSERT_EQ(::lseek(input.descriptor(), 1, SEEK_SET), 1);
  const auto file = program::OpenFile::of(input.descriptor());
  ASSERT_NE(file, nullptr);
  const std::string rest = contents().substr(1);
  EXPECT_EQ(file->size(), rest.size());
  for (const bool last : {false, true}) {
    std::string read(100, '\0');
    read.resize(file->read(read.data(), last ? read.size() : 5).value());
    EXPECT_EQ(read, last ? rest : rest.substr(0, 5));
    EXPECT_TRUE(last || file->rewind());
  }
  EXPECT_EQ(file->read(nullptr, 100).value(), 0u);
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
