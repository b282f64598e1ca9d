#include "client/history.hpp"

#include "conversation_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace chatopen::client {
namespace {

using Messages = std::vector<Message>;

std::string fault_in(const Messages& messages) {
  Error fault;
  return refuses_history(messages, "history", fault) ? fault.message : "";
}

TEST(History, HasWholeExchanges) {
  const Message ask = Message::user("?");
  const Message say = Message::assistant("!");
  EXPECT_EQ(fault_in({}), "");
  EXPECT_EQ(fault_in({ask, say}), "");
  EXPECT_EQ(fault_in({say, ask, say}), "") << "a character may speak first";
  EXPECT_EQ(fault_in({Message::system("It rains."), ask, say}), "");
  EXPECT_EQ(fault_in({ask, calling({"a", "b"}), Message::tool("b", "2"), Message::tool("a", "1"), say}), "");
  EXPECT_EQ(fault_in({ask, calling({"a"}), Message::tool("a", "1"), calling({"a"}), Message::tool("a", "1"), say}), "");
  EXPECT_EQ(fault_in({ask}), "history[0] is the last, but no answer");
  EXPECT_EQ(fault_in({ask, calling({"a"})}), "history[1] is the last, but no answer");
  EXPECT_EQ(fault_in({ask, calling({"a"}), Message::tool("a", "1")}), "history[2] is the last, but no answer");
  EXPECT_EQ(fault_in({ask, calling({"a", "b"}), Message::tool("a", "1"), say}),
            "history[3] comes before the result of the tool call b");
  EXPECT_EQ(fault_in({ask, calling({"a"}), Message::tool("a", "1"), Message::tool("a", "1"), say}),
            "history[3] is the result of a call that was not made: a");
  EXPECT_EQ(fault_in({Message::tool("a", "1"), say}), "history[0] is the result of a call that was not made: a");
  Message wrong = ask;
  wrong.tool_calls = calling({"a"}).tool_calls;
  EXPECT_EQ(fault_in({wrong, Message::tool("a", "1"), say}),
            "history[0].tool_calls is set, but the message is not an assistant's");
  EXPECT_EQ(fault_in({Message::user(""), say}), "history[0].text is empty");
  EXPECT_EQ(fault_in({ask, Message::assistant("\xff")}), "history[1].text is not valid UTF-8");
  EXPECT_EQ(fault_in({Message::user({image_url("cat.png")}), say}),
            "history[0].parts[0].image_url is no http, https or data URL");
  Message twice = Message::user({text("a")});
  twice.text = "b";
  EXPECT_EQ(fault_in({twice, say}), "history[0].text and parts are both set");
  EXPECT_EQ(fault_in({Message::tool("\x1b[31m", "1"), say}),
            "history[0] is the result of a call that was not made: \uFFFD[31m");
}

// A history with exchanges of every length, and where they begin.
struct Told {
  Messages messages;
  std::vector<std::size_t> starts;
};

Told tell(std::mt19937& random) {
  const auto below = [&](unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random); };
  Told history;
  if (below(4) == 0) {
    history.starts.push_back(0);
    history.messages.push_back(Message::assistant("greeting"));
  }
  for (unsigned left = below(8); left > 0; --left) {
    history.starts.push_back(history.messages.size());
    if (below(3) == 0) history.messages.push_back(Message::system("note"));
    history.messages.push_back(Message::user(std::string(1 + below(20), 'q')));
    for (unsigned steps = below(3); steps > 0; --steps) {
      history.messages.push_back(calling({"a", "b"}));
      history.messages.push_back(Message::tool("a", "1"));
      history.messages.push_back(Message::tool("b", "2"));
    }
    history.messages.push_back(Message::assistant(std::string(below(20), 'a')));
  }
  return history;
}

// What is kept begins an exchange, holds every limit, and is the most that does.
TEST(History, KeepsTheMostWholeExchangesThatFit) {
  std::mt19937 random(20250930);
  const auto maybe = [&]() -> std::optional<std::size_t> {
    const unsigned drawn = std::uniform_int_distribution<unsigned>(0, 30)(random);
    return drawn > 20 ? std::nullopt : std::optional<std::size_t>(drawn);
  };
  const auto length = [](const Message& message) { return message.text.size() + 1; };
  for (int i = 0; i < 3000; ++i) {
    const Told history = tell(random);
    EXPECT_EQ(fault_in(history.messages), "");
    HistoryLimits limits{.max_messages = maybe(), .max_exchanges = maybe(), .max_tokens = maybe()};
    if (limits.max_tokens) *limits.max_tokens *= 8;
    limits.estimate_tokens = length;
    const std::size_t others = i % 3 == 0 ? 10 : 0;

    const auto fits = [&](std::size_t exchange) {
      const std::size_t start = history.starts[exchange];
      std::size_t tokens = others;
      for (std::size_t m = start; m < history.messages.size(); ++m) tokens += length(history.messages[m]);
      return history.messages.size() - start <= limits.max_messages.value_or(SIZE_MAX) &&
             history.starts.size() - exchange <= limits.max_exchanges.value_or(SIZE_MAX) &&
             tokens <= limits.max_tokens.value_or(SIZE_MAX);
    };
    std::size_t expected = history.messages.size();
    for (std::size_t exchange = history.starts.size(); exchange-- > 0 && fits(exchange);) {
      expected = history.starts[exchange];
    }
    EXPECT_EQ(first_kept(history.messages, limits, others), expected);
  }
}

TEST(History, CountsNothingThatIsNotLimited) {
  const Messages history = {Message::user("a"), Message::assistant("b")};
  int asked = 0;
  const auto count = [&](const Message&) {
    ++asked;
    return std::size_t{1};
  };
  EXPECT_EQ(first_kept(history, {.max_exchanges = 1, .estimate_tokens = count}, 0), 0U);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(first_kept(history, {.max_tokens = 2, .estimate_tokens = count}, 0), 0U);
  EXPECT_EQ(asked, 2);
}

TEST(History, SurvivesEstimatesThatOverflow) {
  const Messages history = {Message::user("a"), Message::assistant("b")};
  const auto huge = [](const Message&) { return std::numeric_limits<std::size_t>::max(); };
  EXPECT_EQ(first_kept(history, {.max_tokens = 100, .estimate_tokens = huge}, 5), 2U);
  EXPECT_EQ(tokens_of(history, {.max_tokens = 100, .estimate_tokens = huge}), SIZE_MAX);
}

TEST(History, EstimatesRoughlyWithoutTheCaller) {
  EXPECT_EQ(rough_tokens(Message::user("")), 0U);
  EXPECT_EQ(rough_tokens(Message::user("four")), 2U);
  EXPECT_EQ(rough_tokens(Message::user({text("abc"), image_url("https://x.example/a.png")})), 1001U);
  EXPECT_EQ(rough_tokens(calling({"a"})), 1U);
  const Messages history = {Message::user("abc"), Message::assistant("abc")};
  EXPECT_EQ(first_kept(history, {.max_tokens = 2}, 0), 0U);
  EXPECT_EQ(first_kept(history, {.max_tokens = 2}, 1), 2U);
}

}  // namespace
}  // namespace chatopen::client
