#include <chatopen/structured_output.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FindJson, TakesAWholeAnswer) {
  for (const char* json : {"{}", "[1,2]", "42", "\"a\"", "null", R"({"a":"```json\n{}\n```"})"}) {
    EXPECT_THAT(find_json(json), ElementsAre(json));
    EXPECT_THAT(find_json(std::string("\n ") + json + "\r\n"), ElementsAre(json));
  }
}

TEST(FindJson, LooksIntoFencedBlocks) {
  EXPECT_THAT(find_json("Here:\n```json\n{\"a\":1}\n```\nDone."), ElementsAre("{\"a\":1}"));
  EXPECT_THAT(find_json("```\n[1]\n```"), ElementsAre("[1]"));
  EXPECT_THAT(find_json("```JSON\r\n{}\r\n```"), ElementsAre("{}"));
  EXPECT_THAT(find_json("```json {\"a\":1} ```"), ElementsAre("{\"a\":1}"));
  EXPECT_THAT(find_json("```json\n{\"a\":1}"), ElementsAre("{\"a\":1}")) << "not closed";
  EXPECT_THAT(find_json("```python\nx = {\"no\": 1}\n```\n```json\n{\"a\":1}\n```"),
              ElementsAre("{\"a\":1}", "{\"no\": 1}"))
      << "a block of JSON is likelier";
  EXPECT_THAT(find_json("See [1].\n```json\n{\"code\":\"```sh\\nls\\n```\"}\n```"),
              ElementsAre("{\"code\":\"```sh\\nls\\n```\"}", "[1]"));
  EXPECT_THAT(find_json("```json\nnone here\n```\n{\"a\":1}"), ElementsAre("{\"a\":1}"));
}

TEST(FindJson, LooksBetweenWords) {
  EXPECT_THAT(find_json("The answer is {\"a\":{\"b\":[1]}} as in [2]."), ElementsAre("{\"a\":{\"b\":[1]}}", "[2]"));
  EXPECT_THAT(find_json("A :-[ and \"quote { {\"a\":\"}\\\"\"} }"), ElementsAre("{\"a\":\"}\\\"\"}"));
  EXPECT_THAT(find_json("{not json} [1, 2] {\"a\":1"), ElementsAre("[1, 2]"));
  EXPECT_THAT(find_json("{'a':1}"), IsEmpty());
  EXPECT_THAT(find_json("no JSON"), IsEmpty());
  EXPECT_THAT(find_json(""), IsEmpty());
  EXPECT_THAT(find_json("{\"a\":1,}"), IsEmpty());
}

TEST(FindJson, FindsNoMoreThanIsUseful) {
  std::string many = "x";
  for (int i = 0; i < 100; ++i) many += " [" + std::to_string(i) + "]";
  EXPECT_THAT(find_json(many), SizeIs(16));
}

// Quadratic work would take minutes.
TEST(FindJson, IsNotSlowedByHostileAnswers) {
  constexpr std::size_t size = 1'000'000;
  const std::string fences = [] {
    std::string text = "x";
    while (text.size() < size) text += "```";
    return text;
  }();
  for (const std::string& hostile :
       {"x" + std::string(size, '['), "x" + std::string(size, '{'), "x" + std::string(size, '"'), fences,
        fences + "\n" + std::string(size, ' '), "x" + std::string(size / 2, '[') + std::string(size / 2, ']')}) {
    EXPECT_THAT(find_json(hostile), IsEmpty());
  }
}

TEST(FindJson, FindsWhatWasPutIntoNoise) {
  std::mt19937 random(815);
  const std::vector<std::string> noise = {"word ", "[", "{", "}", "\"", "`", "\n", "1 ", ": ", "ä", "it's "};
  for (int i = 0; i < 2000; ++i) {
    const nlohmann::json json = {{"id", i}, {"text", noise[random() % noise.size()]}, {"list", {1, nullptr, "]"}}};
    std::string answer = "x";
    for (std::size_t left = random() % 20; left > 0; --left) answer += noise[random() % noise.size()];
    // An open quotation after an open bracket hides what follows, as it should.
    if (answer.find_first_of("[{") != std::string::npos && answer.find('"') != std::string::npos) continue;
    answer += json.dump(static_cast<int>(random() % 3) - 1) + " and so on";
    const auto found = find_json(answer);
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](auto each) { return nlohmann::json::parse(each) == json; }))
        << answer;
  }
}

}  // namespace
}  // namespace chatopen
