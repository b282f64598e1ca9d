// Parts of the program that are easier to see alone.
#include "duration.hpp"
#include "line_reader.hpp"
#include "neutral_text.hpp"
#include "progress.hpp"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chatopen::program {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

TEST(NeutralText, KeepsWhatOnlyReads) {
  const std::string text = "tab\tline\n\xe4\xb8\xad\xf0\x9f\x90\x88 \xd8\xb9";
  EXPECT_EQ(neutral(text, Shape::text), text);
  EXPECT_EQ(neutral(text, Shape::json), text);
}

TEST(NeutralText, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(neutral("\x1b[2J", Shape::text), "\xe2\x90\x9b[2J");
  EXPECT_EQ(neutral(std::string_view("\0\x7f", 2), Shape::text), "\xe2\x90\x80\xe2\x90\xa1");
  EXPECT_EQ(neutral("\xc2\x9b"
                    "2J",
                    Shape::text),
            "<U+009B>2J");
  EXPECT_EQ(neutral("\xe2\x80\xae", Shape::text), "<U+202E>");
  EXPECT_EQ(neutral("over\rwritten", Shape::text), "overwritten");
  EXPECT_EQ(neutral("two\nlines", Shape::line), "two\xe2\x90\x8alines");
  EXPECT_EQ(neutral("\"\xc2\x9b\"\r\n", Shape::json), "\"\\u009b\"\n");
}

TEST(NeutralText, ReplacesWhatIsNotUtf8) {
  for (const char* wrong : {"\x9b", "\xc0\x9b", "\xe0\x80\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc2", "\xff"}) {
    const std::string shown = neutral(wrong, Shape::text);
    EXPECT_THAT(shown, HasSubstr("\xef\xbf\xbd"));
    EXPECT_THAT(shown, Not(HasSubstr(wrong)));
  }
}

TEST(Duration, IsReadWithItsUnit) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("1.5"), milliseconds(1500));
  EXPECT_EQ(parse_duration("2m"), seconds(120));
  EXPECT_EQ(parse_duration("1h"), seconds(3600));
  EXPECT_EQ(parse_duration("0"), milliseconds(0));
  for (const char* wrong : {"", "s", "-1s", "5 s", "1d", "nan", "inf", "1e9", "9999h9"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Duration, IsShown) {
  EXPECT_EQ(clock_face(seconds(7)), "0:07");
  EXPECT_EQ(clock_face(seconds(3723)), "1:02:03");
  EXPECT_EQ(spelled_out(milliseconds(0)), "no limit");
  EXPECT_EQ(spelled_out(milliseconds(1500)), "1500 ms");
}

TEST(ProgressLine, ShowsRateAndRemainingTime) {
  EXPECT_EQ(
      progress_line({.position = 30, .total = 100, .done = 20, .failed = 2, .elapsed = seconds(10)}, Unit::lines, 80),
      "30 of 100  [###########...........................]  2.0/s  0:35 left  2 failed");
  EXPECT_EQ(progress_line({.position = 30, .done = 30, .elapsed = seconds(60)}, Unit::lines, 80), "30  0.5/s  1:00");
  EXPECT_EQ(progress_line({.position = 1536, .total = 3 << 20, .done = 1536, .elapsed = seconds(1)}, Unit::bytes, 30),
            "1.5 KiB of 3.0 MiB  1.5 KiB/s");
}

TEST(ProgressLine, FitsInTheTerminal) {
  const ProgressState state{.position = 30, .total = 100, .done = 20, .elapsed = seconds(10)};
  for (int columns = 1; columns < 200; ++columns) {
    EXPECT_LT(progress_line(state, Unit::lines, columns).size(), static_cast<std::size_t>(columns));
  }
}

class Lines : public testing::Test {
 protected:
  Lines() { EXPECT_EQ(::pipe(pipe_), 0); }
  ~Lines() override { ::close(pipe_[0]); }

  // The lines of a text that comes in these pieces.
  std::vector<std::string> read(const std::vector<std::string>& pieces, std::size_t longest = 100) {
    LineReader reader(pipe_[0], longest);
    std::vector<std::string> lines;
    const auto take = [&] {
      reader.fill();
      while (auto line = reader.next()) lines.push_back(line->text + (line->cut ? " (cut)" : ""));
    };
    for (const std::string& each : pieces) {
      EXPECT_EQ(::write(pipe_[1], each.data(), each.size()), static_cast<ssize_t>(each.size()));
      take();
    }
    ::close(pipe_[1]);
    while (!reader.ended()) take();
    return lines;
  }

  int pipe_[2] = {-1, -1};
};

TEST_F(Lines, AreJoinedFromPieces) {
  EXPECT_THAT(read({"on", "e\r\ntw", "o\n\nthr", "ee"}), testing::ElementsAre("one", "two", "", "three"));
}

TEST_F(Lines, ThatAreTooLongAreCut) {
  EXPECT_THAT(read({"abc", "def", "ghi", "jkl\nnext\n"}, 5), testing::ElementsAre("abcde (cut)", "next"));
  EXPECT_THAT(LineReader(-1, 5).next(), testing::Eq(std::nullopt));
}

TEST_F(Lines, ThatAreTooLongAreCutAlsoAtTheEnd) {
  EXPECT_THAT(read({"abcdefgh"}, 5), testing::ElementsAre("abcde (cut)"));
}

}  // namespace
}  // namespace chatopen::program
