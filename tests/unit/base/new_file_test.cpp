#include "base/new_file.hpp"

#include "../temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace chatopen::base {
namespace {

namespace fs = std::filesystem;
using Existing = NewFile::Existing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class NewFileTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return directory_.path_of("cat.png"); }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(fs::path(path()).parent_path())) {
      found.push_back(entry.path().filename().string());
    }
    return found;
  }

  TemporaryDirectory directory_;
};

TEST_F(NewFileTest, HasItsNameOnlyOnceItIsWhole) {
  {
    Result<NewFile> file = NewFile::create(path(), Existing::replaced);
    ASSERT_TRUE(file) << file.error();
    ASSERT_TRUE(file->write("half "));
    EXPECT_THAT(names(), ElementsAre(StartsWith(".chatopen-")));
    ASSERT_TRUE(file->write("whole"));
    ASSERT_TRUE(file->commit(true));
    EXPECT_THAT(names(), ElementsAre("cat.png"));
  }
  EXPECT_EQ(content(), "half whole");
  EXPECT_THAT(names(), ElementsAre("cat.png"));
}

TEST_F(NewFileTest, LeavesNothingWithoutItsEnd) {
  directory_.write("cat.png", "before");
  {
    Result<NewFile> file = NewFile::create(path(), Existing::replaced);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("half"));
    // Also not where it was moved from.
    const NewFile moved = *std::move(file);
  }
  EXPECT_EQ(content(), "before");
  EXPECT_THAT(names(), ElementsAre("cat.png"));
}

TEST_F(NewFileTest, StartsAgain) {
  Result<NewFile> file = NewFile::create(path(), Existing::replaced);
  ASSERT_TRUE(file->restart());
  ASSERT_TRUE(file->write("a longer first attempt"));
  ASSERT_TRUE(file->restart());
  ASSERT_TRUE(file->write("second"));
  ASSERT_TRUE(file->commit(false));
  EXPECT_EQ(content(), "second");
}

TEST_F(NewFileTest, IsForTheOwnerAloneUntilItIsWhole) {
  const mode_t before = ::umask(027);
  Result<NewFile> file = NewFile::create(path(), Existing::replaced);
  ::umask(before);
  EXPECT_EQ(fs::status(fs::path(path()).parent_path() / names().at(0)).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(file->commit(false));
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(NewFileTest, StaysForTheOwnerAloneWhenAsked) {
  const mode_t before = ::umask(0);
  const Result<void> replaced = replace_file(path(), "mine", Readers::owner);
  ::umask(before);
  ASSERT_TRUE(replaced) << replaced.error();
  EXPECT_EQ(content(), "mine");
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(NewFileTest, TakesTheLongestNameThatAFileMayHave) {
  const std::string longest = directory_.path_of(std::string(255, 'x'));
  const Result<void> replaced = replace_file(longest, "mine", Readers::usual);
  ASSERT_TRUE(replaced) << replaced.error();
  EXPECT_EQ(fs::file_size(longest), 4U);
}

TEST_F(NewFileTest, KeepsWhatIsThereWhenAsked) {
  Result<NewFile> file = NewFile::create(path(), Existing::kept);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("mine"));
  // Somebody else is quicker.
  directory_.write("cat.png", "theirs");
  const Result<void> late = file->commit(false);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::io);
  EXPECT_THAT(late.error().message, HasSubstr("exists already"));
  EXPECT_EQ(content(), "theirs");
  const Result<NewFile> second = NewFile::create(path(), Existing::kept);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::io);
}

TEST_F(NewFileTest, TakesAFreeNameWithoutReplacing) {
  Result<NewFile> file = NewFile::create(path(), Existing::kept);
  ASSERT_TRUE(file->write("mine"));
  ASSERT_TRUE(file->commit(true));
  EXPECT_EQ(content(), "mine");
  EXPECT_THAT(names(), ElementsAre("cat.png"));
}

TEST_F(NewFileTest, ReplacesALinkAndNotWhatItLeadsTo) {
  const std::string precious = directory_.write("precious", "keep");
  fs::create_symlink(precious, path());
  Result<NewFile> file = NewFile::create(path(), Existing::replaced);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit(false));
  EXPECT_FALSE(fs::is_symlink(path()));
  EXPECT_EQ(content(), "new");
  EXPECT_EQ(fs::file_size(precious), 4U);
}

TEST_F(NewFileTest, RefusesWhatIsNoNameOfAFile) {
  fs::create_directory(path());
  ASSERT_EQ(::mkfifo(directory_.path_of("fifo").c_str(), 0600), 0);
  for (const std::string& wrong : {std::string(), path(), path() + "/", directory_.path_of("fifo"),
                                   std::string("/dev/null"), path() + std::string("\0.png", 5)}) {
    const Result<NewFile> file = NewFile::create(wrong, Existing::replaced);
    ASSERT_FALSE(file) << wrong;
    EXPECT_EQ(file.error().kind, ErrorKind::invalid_argument) << wrong;
  }
  const Result<NewFile> nowhere = NewFile::create(directory_.path_of("no/such/cat.png"), Existing::replaced);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind, ErrorKind::io);
  EXPECT_FALSE(nowhere.error().detail.empty());
}

// A limit on the size of files stands in for a disk that is full.
TEST_F(NewFileTest, SaysThatThereIsNoRoom) {
  rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    Result<NewFile> file = NewFile::create(path(), Existing::replaced);
    const rlimit little = {.rlim_cur = 1000, .rlim_max = limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
    EXPECT_TRUE(file->write(std::string(1000, 'x')));
    const Result<void> written = file->write("y");
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::io);
    EXPECT_FALSE(written.error().detail.empty());
  }
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(names(), IsEmpty());
}

}  // namespace
}  // namespace chatopen::base
