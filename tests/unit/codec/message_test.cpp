#include <chatopen/message.hpp>

#include <gtest/gtest.h>

namespace chatopen {
namespace {

TEST(Role, IsNamedAsOnTheWire) {
  EXPECT_EQ(to_string(Role::system), "system");
  EXPECT_EQ(to_string(Role::user), "user");
  EXPECT_EQ(to_string(Role::assistant), "assistant");
  EXPECT_EQ(to_string(Role::tool), "tool");
}

TEST(Message, IsMadeWithItsRoleAndText) {
  const auto is = [](const Message& message, Role role, const std::string& text) {
    return message.role == role && message.text == text && message.parts.empty() && message.tool_calls.empty();
  };
  EXPECT_TRUE(is(Message::system("s"), Role::system, "s"));
  EXPECT_TRUE(is(Message::user("u"), Role::user, "u"));
  EXPECT_TRUE(is(Message::assistant("a"), Role::assistant, "a"));
  const Message result = Message::tool("call-1", "t");
  EXPECT_TRUE(is(result, Role::tool, "t"));
  EXPECT_EQ(result.tool_call_id, "call-1");
}

TEST(Message, KeepsThePartsInOrder) {
  const Message message = Message::user({text("what?"), image_url("https://example.com/a.jpg")});
  const std::vector<ContentPart>& parts = message.parts;
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(std::get<TextPart>(parts[0]).text, "what?");
  EXPECT_EQ(std::get<ImagePart>(parts[1]).location(), "https://example.com/a.jpg");
}

}  // namespace
}  // namespace chatopen
