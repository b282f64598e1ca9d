#include "refusal.hpp"
#include "sandbox/forms.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

std::string describe(const std::string& body) {
  return describe_prompt_form(parse_object(body));
}

TEST(PromptForm, DescribesThePromptAlone) {
  EXPECT_EQ(describe(R"({"issue":"Why?"})"), R"(the prompt "Why?")");
}

TEST(PromptForm, DescribesSystemPromptAndSettings) {
  EXPECT_EQ(describe(R"({"issue":"Why?","systemContent":"Be brief.","maxPromptToken":2048,"seed":1})"),
            R"(the prompt "Why?" and the system prompt "Be brief." (maxPromptToken: 2048, seed: 1))");
}

TEST(PromptForm, RefusesWhatIsMissingOrHasTheWrongType) {
  const auto refusal = [](const std::string& body) { return refusal_of([&body] { return describe(body); }); };
  EXPECT_EQ(refusal("{}"), "issue is missing");
  EXPECT_EQ(refusal(R"({"issue":["a"]})"), "issue must be a string, but is array");
  EXPECT_EQ(refusal(R"({"issue":""})"), "issue must not be empty");
  EXPECT_EQ(refusal(R"({"issue":"a","systemContent":null})"), "systemContent must be a string, but is null");
  EXPECT_EQ(refusal(R"({"issue":"a","maxPromptToken":"9"})"), "maxPromptToken must be an integer of at least 1");
  EXPECT_EQ(refusal(R"({"issue":"a","maxPromptToken":0})"), "maxPromptToken must be an integer of at least 1");
  EXPECT_EQ(refusal(R"({"issue":"a","temperature":"0"})"), "temperature must be a number, but is string");
}

TEST(PromptForm, PointsOutTheOtherForm) {
  EXPECT_EQ(refusal_of([] { return describe(R"({"messages":[]})"); }),
            "messages: this path takes the prompt form ({\"issue\":…}), not messages");
}

}  // namespace
}  // namespace chatopen::sandbox
