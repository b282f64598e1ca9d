#include "base/file.hpp"

#include "../temporary_directory.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#if __has_include(<unistd.h>)
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#endif

namespace chatopen::base {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Error error_of(const Result<RegularFile>& file) {
  return file ? Error{.message = "was opened"} : file.error();
}

TEST(RegularFile, ReadsInPiecesToTheEnd) {
  const TemporaryDirectory directory;
  Result<RegularFile> file = RegularFile::open(directory.write("a", std::string_view("ab\0de", 5)));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->size(), 5u);
  char piece[4] = {};
  ASSERT_EQ(file->read(piece, 4).value(), 4u);
  EXPECT_EQ(std::string(piece, 4), std::string("ab\0d", 4));
  ASSERT_EQ(file->read(piece, 4).value(), 1u);
  EXPECT_EQ(piece[0], 'e');
  EXPECT_EQ(file->read(piece, 4).value(), 0u);
}

TEST(RegularFile, SaysWhichFileCannotBeOpenedAndWhy) {
  const TemporaryDirectory directory;
  const Error error = error_of(RegularFile::open(directory.path_of("absent.png")));
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_THAT(error.message, HasSubstr("absent.png"));
  EXPECT_EQ(error.detail, std::make_error_code(std::errc::no_such_file_or_directory).message());
  EXPECT_EQ(error_of(RegularFile::open("")).kind, ErrorKind::io);
}

TEST(RegularFile, DoesNotTakeTheBeginningOfAPathForThePath) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a", "text") + std::string(1, '\0') + ".png";
  EXPECT_EQ(error_of(RegularFile::open(path)).kind, ErrorKind::io);
}

TEST(RegularFile, RefusesADirectory) {
  const TemporaryDirectory directory;
  const Error error = error_of(RegularFile::open(directory.path_of("")));
  EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
  EXPECT_THAT(error.message, HasSubstr("not a regular file"));
}

#if __has_include(<unistd.h>)

TEST(RegularFile, RefusesAFifoWithoutWaitingForItsWriter) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(error_of(RegularFile::open(path)).kind, ErrorKind::invalid_argument);
}

TEST(RegularFile, RefusesADeviceAndASocket) {
  EXPECT_EQ(error_of(RegularFile::open("/dev/null")).kind, ErrorKind::invalid_argument);

  const TemporaryDirectory directory;
  const std::string path = directory.path_of("s");
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(error_of(RegularFile::open(path)).kind, ErrorKind::invalid_argument);
  close(listener);
}

TEST(RegularFile, TellsWhetherOthersMayReadIt) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a", "text");
  for (const auto& [mode, by_others] : {std::pair(0600, false), {0640, true}, {0604, true}, {0611, false}}) {
    fs::permissions(path, fs::perms(mode));
    const Result<RegularFile> file = RegularFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->readable_by_others(), by_others) << std::oct << mode;
  }
}

TEST(RegularFile, ReportsAFailedRead) {
  Result<RegularFile> file = RegularFile::open("/proc/self/mem");
  if (!file) GTEST_SKIP() << "this system has no regular file whose first byte cannot be read";
  char byte = 0;
  const Result<std::size_t> count = file->read(&byte, 1);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().kind, ErrorKind::io);
  EXPECT_THAT(count.error().message, HasSubstr("/proc/self/mem"));
}

TEST(RegularFile, ReportsThatTheSystemHasNoDescriptorsLeftAndRecovers) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a", "text");
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const Error error = error_of(RegularFile::open(path));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_TRUE(RegularFile::open(path));
}

TEST(RegularFile, LeavesNoDescriptorOpen) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a", "text");
  const int free_before = dup(0);
  close(free_before);
  { ASSERT_TRUE(RegularFile::open(path)); }
  ASSERT_FALSE(RegularFile::open(directory.path_of("")));
  const int free_after = dup(0);
  close(free_after);
  EXPECT_EQ(free_after, free_before);
}

#endif

}  // namespace
}  // namespace chatopen::base
