#include "client/upload_body.hpp"
#include "client/file_source.hpp"
#include "client/prepared_call.hpp"
#include "upload_fixture.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace chatopen::client {
namespace {

class UploadBodies : public ::testing::Test {
 protected:
  UploadBody body_of(std::shared_ptr<BodySource> content) {
    const std::uint64_t size = *content->size();
    return {codec::frame_file("b", "a.png", "image/png"), std::move(content), size, prepared};
  }

  /// Reads to the end in pieces of at most this size.
  static std::string read_all(BodySource& body, std::size_t capacity) {
    std::string text;
    std::string piece(capacity, '\0');
    while (true) {
      const std::size_t count = body.read(piece.data(), capacity).value();
      EXPECT_LE(count, capacity);
      if (count == 0) return text;
      text.append(piece, 0, count);
    }
  }

  PreparedCall prepared{std::make_shared<const Credentials>(Credentials{"id", "secret"})};
};

TEST_F(UploadBodies, AreTheSameInAnyReadSize) {
  const std::string content = "0123456789 and\r\n--b--\r\n";
  const codec::FormFrame frame = codec::frame_file("b", "a.png", "image/png");
  const std::string expected = frame.before + content + frame.after;
  for (std::size_t capacity = 1; capacity <= expected.size() + 1; ++capacity) {
    UploadBody body = body_of(std::make_shared<TestSource>(content));
    EXPECT_EQ(body.size(), expected.size());
    EXPECT_EQ(read_all(body, capacity), expected) << capacity;
    ASSERT_TRUE(body.rewind());
    EXPECT_EQ(read_all(body, capacity), expected) << capacity;
  }
}

TEST_F(UploadBodies, CanBeRewoundAnywhere) {
  UploadBody body = body_of(std::make_shared<TestSource>("0123456789"));
  const std::string whole = read_all(body, 1000);
  std::string piece(whole.size(), '\0');
  for (std::size_t count = 0; count <= whole.size(); ++count) {
    ASSERT_TRUE(body.rewind());
    (void)body.read(piece.data(), count).value();
    ASSERT_TRUE(body.rewind());
    EXPECT_EQ(read_all(body, 7), whole) << count;
  }
}

TEST_F(UploadBodies, RefuseASourceThatGivesMoreThanItWasAskedFor) {
  class Liar final : public BodySource {
   public:
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return 10; }
    [[nodiscard]] Result<std::size_t> read(char*, std::size_t capacity) override { return capacity + 1; }
    [[nodiscard]] bool rewind() noexcept override { return false; }
  };
  UploadBody body = body_of(std::make_shared<Liar>());
  std::string piece(1000, '\0');
  EXPECT_EQ(body.read(piece.data(), piece.size()).error().kind, ErrorKind::io);
  EXPECT_NE(prepared.body_fault, nullptr);
}

class FileSources : public ::testing::Test {
 protected:
  /// What reading the rest says after something was done to a file of which four bytes were read.
  template <typename Change>
  Error error_after(Change change) {
    const std::string path = directory.write("a", "0123456789");
    // So that the next change is seen however coarse the file system's clock is.
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const auto source = FileSource::open(path).value();
    std::string piece(100, '\0');
    EXPECT_EQ(source->read(piece.data(), 4).value(), 4u);
    change(path);
    const Result<std::size_t> rest = source->read(piece.data(), piece.size());
    if (rest) return {.message = "read " + std::to_string(*rest)};
    EXPECT_EQ(rest.error().kind, ErrorKind::io);
    return rest.error();
  }
  [[nodiscard]] std::string described(const std::string& how) const {
    return "'" + directory.path_of("a") + "' " + how + " while it was uploaded";
  }

  TemporaryDirectory directory;
};

TEST_F(FileSources, NoticeEveryChange) {
  EXPECT_EQ(error_after([](const std::string&) {}).message, "read 6");
  EXPECT_EQ(error_after([](const std::string& path) { std::filesystem::resize_file(path, 5); }).message,
            described("shrank"));
  EXPECT_EQ(error_after([](const std::string& path) { std::ofstream(path, std::ios::app) << "more"; }).message,
            described("grew"));
  EXPECT_EQ(
      error_after([](const std::string& path) { std::fstream(path, std::ios::in | std::ios::out) << "9"; }).message,
      described("was written to"));
  EXPECT_EQ(error_after([this](const std::string& path) {
              std::filesystem::rename(directory.write("b", "0123456789"), path);
            }).message,
            described("was replaced or removed"));
  EXPECT_EQ(error_after([](const std::string& path) { std::filesystem::remove(path); }).message,
            described("was replaced or removed"));
}

TEST_F(FileSources, NoticeAChangeBetweenTwoAttempts) {
  const std::string path = directory.write("a", "0123456789");
  const auto source = FileSource::open(path).value();
  std::string piece(100, '\0');
  EXPECT_EQ(source->read(piece.data(), piece.size()).value(), 10u);
  std::ofstream(path, std::ios::app) << "more";
  ASSERT_TRUE(source->rewind());
  EXPECT_EQ(source->read(piece.data(), piece.size()).error().message, described("grew"));
}

}  // namespace
}  // namespace chatopen::client
