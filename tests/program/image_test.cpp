#include "../integration/child_process.hpp"
#include "../integration/network_namespace.hpp"
#include "../integration/raw_server.hpp"
#include "program_test.hpp"
#include "terminal.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <sstream>
#include <utility>

namespace chatopen {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class Image : public ProgramTest {
 protected:
  Image() { fs::create_directory(folder_); }
  ~Image() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string in(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(folder_)) names.push_back(each.path().filename().string());
    return names;
  }
  static std::string start_of(const std::string& path) {
    std::string bytes(4, '\0');
    std::ifstream(path, std::ios::binary).read(bytes.data(), 4);
    return bytes;
  }
  [[nodiscard]] Outcome order(std::vector<std::string> options, const std::string& directives = {}) const {
    options.insert(options.begin(), {"image", "a", "cat"});
    if (!directives.empty()) options.insert(options.end(), {"--header", "X-Sandbox-Reply: " + directives});
    return run(options);
  }

  std::string folder_ = testing::TempDir() + "chatopen_image_test_" + std::to_string(::getpid());
};

TEST_F(Image, IsSavedAsAFile) {
  const Outcome outcome = order({"-o", in("cat.png")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, in("cat.png") + "\n");
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_EQ(start_of(in("cat.png")), "\x89PNG");
}

TEST_F(Image, ComesInNumbers) {
  EXPECT_EQ(order({"-n", "3", "-o", in("cat.png")}).code, 0);
  EXPECT_THAT(files(), UnorderedElementsAre("cat-1.png", "cat-2.png", "cat-3.png"));
  EXPECT_EQ(order({"-n", "2", "-o", in("{n}.png")}, "pictures=2").code, 0);
  EXPECT_THAT(files(), testing::IsSupersetOf({"1.png", "1-2.png", "2.png", "2-2.png"}));
}

TEST_F(Image, TakesWhateverAnOrderHas) {
  std::ofstream(in("reference.png")) << "\x89PNG\r\n\x1a\n................";
  const Outcome outcome = order({"-o", in("cat.jpg"), "--aspect-ratio", "9:16", "--resolution", "2K", "--output-format",
                                 "jpeg", "--search", "-r", "https://e.com/a.jpg", "-r", in("reference.png"), "--extra",
                                 R"({"style":"old"})", "--json", "-m", "gemini-3.1-flash-image-preview"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const json record = json::parse(outcome.out);
  EXPECT_EQ(record["path"], in("cat.jpg"));
  EXPECT_EQ(record["media_type"], "image/jpeg");
  EXPECT_EQ(record["height"], 2048);
  EXPECT_EQ(record["bytes"], fs::file_size(in("cat.jpg")));
}

TEST_F(Image, SaysWhenAFileIsNotWhatItsNameSays) {
  EXPECT_THAT(order({"-o", in("cat.png"), "--output-format", "jpeg"}).err, HasSubstr("cat.png holds image/jpeg"));
}

TEST_F(Image, IsNamedByItsFormat) {
  const std::string command =
      "cd '" + folder_ + "' && '" CHATOPEN_PROGRAM "' image --sandbox --output-format jpeg cat >/dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(files(), UnorderedElementsAre("image-1.jpg"));
}

TEST_F(Image, IsNotOrderedWhenItCouldNotBeSaved) {
  std::ofstream(in("cat.png")) << "precious";
  const Outcome there = order({"-o", in("cat.png")});
  EXPECT_EQ(there.code, 4);
  EXPECT_THAT(there.err, HasSubstr("is there already"));
  const Outcome nowhere = order({"-o", in("nowhere/cat.png")});
  EXPECT_EQ(nowhere.code, 4);
  EXPECT_THAT(nowhere.err, HasSubstr("cannot write into"));
  EXPECT_EQ(order({"-o", folder_ + "/"}).code, 2);
  EXPECT_EQ(sandbox_.requests(), 0U);
  EXPECT_EQ(order({"-o", in("cat.png"), "--overwrite"}).code, 0);
  EXPECT_EQ(start_of(in("cat.png")), "\x89PNG");
}

TEST_F(Image, NeedsAPromptWhateverFilesAreThere) {
  std::ofstream(in("cat.png")) << "precious";
  const Outcome outcome = run({"image", "-o", in("cat.png")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("there is no question"));
}

TEST_F(Image, IsNotWrittenToTheStandardOutput) {
  const Outcome outcome = order({"-o", "-"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("pictures go to files, not to the standard output"));
  EXPECT_EQ(sandbox_.requests(), 0U);
}

TEST_F(Image, LeavesNothingBehindWhenItFails) {
  for (const auto& [directives, message] :
       {std::pair("status=500", "server_error"), std::pair("picture=missing", "may still be at http://127.0.0.1"),
        std::pair("picture=cut", "truncated"), std::pair("picture=html", "protocol")}) {
    const Outcome outcome = order({"-o", in("cat.png"), "--retries", "0"}, directives);
    EXPECT_EQ(outcome.code, 1) << directives;
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(files(), IsEmpty()) << directives;
  }
}

TEST_F(Image, LeavesNothingBehindOnAFullDisk) {
  if (integration::under_thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer ends a child that starts a thread";
  enum : int { as_it_should, cannot_mount, wrong_code, unnamed_file, unnamed_url, something_left };
  for (const bool is_in_reply : {false, true}) {
    const int status = integration::status_of_child([&]() -> int {
      if (!integration::mount_little_disk(folder_)) return cannot_mount;
      std::ofstream(in("filler")) << std::string(1'000'000, 'f');
      const Outcome outcome = order({"-o", in("cat.png")}, is_in_reply ? "picture=data-url" : "");
      if (outcome.code != 4) return wrong_code;
      if (outcome.err.find(in("cat.png")) == std::string::npos) return unnamed_file;
      const bool names_url = outcome.err.find("may still be at http://127.0.0.1") != std::string::npos;
      if (names_url == is_in_reply) return unnamed_url;
      return files() == std::vector<std::string>{"filler"} && outcome.out.empty() ? as_it_should : something_left;
    });
    if (status == cannot_mount) return integration::skip_without_namespace("no mount namespace can be made here");
    EXPECT_EQ(status, as_it_should) << is_in_reply;
  }
}

TEST_F(Image, SaysOnceWhatIsWrongWithEveryOrder) {
  const Outcome outcome = order({"-n", "3", "-o", in("cat.png"), "--extra", "{bad"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err.find("chatopen: "), outcome.err.rfind("chatopen: ")) << outcome.err;
}

TEST_F(Image, ReadsThePromptFromAPipe) {
  EXPECT_EQ(run({"image", "-o", in("cat.png")}, "a cat\n").code, 0);
  EXPECT_EQ(run({"image", "-o", in("none.png")}, "").code, 2);
}

// A service that says where its pictures are, and the pictures' host, where each download waits for something.
class SlowPictures {
 public:
  using Condition = std::function<bool(const SlowPictures&, integration::Connection&)>;

  explicit SlowPictures(Condition condition)
      : service_([this](integration::Connection& connection) {
          complete_.wait();
          const json image = {{"url", pictures_.base_url() + "/a.png"}, {"width", 1}, {"height", 1}};
          const json reply = {{"code", "200"}, {"msg", "ok"}, {"data", {{"imageList", json::array({image})}}}};
          while (connection.read_request() && connection.reply("200 OK", reply.dump())) {
          }
        }),
        pictures_([this, until = std::move(condition)](integration::Connection& connection) {
          complete_.wait();
          while (connection.read_request() && until(*this, connection) &&
                 connection.reply("200 OK", "\x89PNG\r\n\x1a\n....")) {
          }
        }) {
    complete_.count_down();
  }

  [[nodiscard]] bool wait_for_downloads(std::size_t count) const { return pictures_.wait_for_requests(count); }
  [[nodiscard]] bool wait_for_orders(std::size_t count) const { return service_.wait_for_requests(count); }
  [[nodiscard]] Variables variables() const {
    return {"CHATOPEN_BASE_URL=" + service_.base_url(), "CHATOPEN_ACCESS_KEY_ID=id", "CHATOPEN_ACCESS_KEY_SECRET=key"};
  }

 private:
  // Each server's script uses the other.
  std::latch complete_{1};
  integration::RawServer service_;
  integration::RawServer pictures_;
};

TEST_F(Image, IsFetchedWhileOthersAreFetched) {
  const SlowPictures pictures(
      [](const SlowPictures& all, integration::Connection& /*connection*/) { return all.wait_for_downloads(2); });
  const Outcome outcome =
      run_program({"image", "cat", "-n", "2", "-j", "2", "--retries", "0", "-o", in("cat.png")}, pictures.variables());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(files(), UnorderedElementsAre("cat-1.png", "cat-2.png"));
}

TEST_F(Image, IsFetchedWhileOthersAreMade) {
  const SlowPictures pictures(
      [](const SlowPictures& all, integration::Connection& /*connection*/) { return all.wait_for_orders(2); });
  const Outcome outcome =
      run_program({"image", "cat", "-n", "2", "-j", "1", "--retries", "0", "-o", in("cat.png")}, pictures.variables());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(files(), UnorderedElementsAre("cat-1.png", "cat-2.png"));
}

TEST_F(Image, EndsInOrderWhenItIsInterruptedDuringDownloads) {
  const SlowPictures pictures(
      [](const SlowPictures& /*all*/, integration::Connection& connection) { return connection.wait_for_close(); });
  RunningProgram program({"image", "cat", "-n", "2", "--retries", "0", "-o", in("cat.png")}, pictures.variables());
  ASSERT_TRUE(pictures.wait_for_downloads(2));
  program.send_signal(SIGINT);
  EXPECT_EQ(program.wait(), 130);
  EXPECT_THAT(program.errors(), HasSubstr("the picture was made, and may still be at http://127.0.0.1"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Image, EndsInOrderWhenItIsInterrupted) {
  Terminal terminal({"image", "cat", "-n", "2", "-o", in("cat.png"), "--header", "X-Sandbox-Reply: delay-ms=600000"},
                    variables());
  ASSERT_TRUE(terminal.expect("0 of 2  [...."));
  terminal.type("\x03");
  ASSERT_TRUE(terminal.expect("interrupted; pictures that were being made may be billed"));
  EXPECT_EQ(terminal.wait(), 130);
  EXPECT_THAT(files(), IsEmpty());
}

}  // namespace
}  // namespace chatopen
