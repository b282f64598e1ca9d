#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// The typed functions, in the order of `endpoints::all()`.
std::vector<Endpoint> typed_endpoints() {
  return {endpoints::role_play("a model/v1"),
          endpoints::general_llm("a model/v1"),
          endpoints::general_agent("a model/v1"),
          endpoints::gpt_4o(),
          endpoints::gpt_4o_multimodal(),
          endpoints::moonshot_128k(),
          endpoints::deepseek_chat(),
          endpoints::claude_v3_5_sonnet(),
          endpoints::deepseek_chat_streaming(),
          endpoints::gpt_image_1(),
          endpoints::model_k_v1(),
          endpoints::gemini()};
}

class SandboxEndpoints : public testing::Test {
 protected:
  // Every way of asking, and what each said.
  std::vector<std::string> ask(const Endpoint& endpoint) {
    const ChatRequest request{.endpoint = endpoint, .messages = {Message::system("Be brief."), Message::user("Why?")}};
    std::string heard;
    const auto hear = [&heard](const ChatDelta& delta) { heard += delta.text; };
    std::vector<std::string> answers = {text_of(client_.chat(request)), text_of(client_.chat(request, hear)), heard};
    heard.clear();
    ChatStream stream = client_.stream(request);
    answers.push_back(text_of(stream.finish()));
    answers.push_back(text_of(client_.chat_async(request).get()));
    answers.push_back(text_of(client_.stream_async(request, hear).get()));
    answers.push_back(heard);
    return answers;
  }

  std::vector<std::string> order(const Endpoint& endpoint) {
    const ImageRequest request{.endpoint = endpoint, .prompt = "a cat"};
    return {raw_of(client_.generate_image(request)), raw_of(client_.generate_image_async(request).get())};
  }

  // Whatever the way, the endpoint's model received the question in the form that the sandbox knows for this path.
  void expect_answers(const Endpoint& endpoint, const std::string& model) {
    SCOPED_TRACE(endpoint.name + " at " + endpoint.path);
    const std::uint64_t before = sandbox_.requests();
    switch (endpoint.wire_form) {
      case WireForm::messages:
        for (const std::string& answer : ask(endpoint)) {
          EXPECT_THAT(answer,
                      testing::StartsWith(model + R"( received 2 messages: system: "Be brief."; user: "Why?")"));
        }
        EXPECT_EQ(sandbox_.requests() - before, 5U);
        break;
      case WireForm::prompt:
        for (const std::string& answer : ask(endpoint)) {
          EXPECT_EQ(answer, model + R"( received the prompt "Why?" and the system prompt "Be brief.")");
        }
        EXPECT_EQ(sandbox_.requests() - before, 5U);
        break;
      case WireForm::image:
        for (const std::string& reply : order(endpoint)) {
          EXPECT_THAT(reply, HasSubstr(model + R"( received the prompt \"a cat\")"));
        }
        EXPECT_EQ(sandbox_.requests() - before, 2U);
        break;
      case WireForm::upload: ADD_FAILURE() << "the reference names no upload"; break;
    }
  }

  Sandbox sandbox_ = Sandbox::start().value();
  ChatClient client_ = ChatClient::create(sandbox_.client_options()).value();

 private:
  static std::string text_of(const Result<ChatReply>& reply) {
    return reply ? reply->text() : to_string(reply.error());
  }
  static std::string raw_of(const Result<ImageReply>& reply) { return reply ? reply->raw : to_string(reply.error()); }
};

TEST_F(SandboxEndpoints, AnswerInEveryWayOfAsking) {
  for (Endpoint listed : endpoints::all()) {
    if (listed.model.empty()) listed.model = "a model/v1";
    expect_answers(listed, listed.model);
  }
}

TEST_F(SandboxEndpoints, AnswerInTypedForm) {
  const std::vector<Endpoint> typed = typed_endpoints();
  const std::vector<Endpoint> listed = endpoints::all();
  ASSERT_EQ(typed.size(), listed.size());
  for (std::size_t i = 0; i < typed.size(); ++i) {
    SCOPED_TRACE(listed[i].name);
    EXPECT_EQ(typed[i].name, listed[i].name);
    EXPECT_EQ(typed[i].reference_name, listed[i].reference_name);
    EXPECT_EQ(typed[i].wire_form, listed[i].wire_form);
    EXPECT_EQ(typed[i].provenance, listed[i].provenance);
    if (listed[i].model.empty()) {
      EXPECT_EQ(typed[i].path, "/AIGCChatOpenServ/saas/a%20model%2Fv1/text/v3");
      expect_answers(typed[i], "a model/v1");
    } else {
      EXPECT_EQ(typed[i].path, listed[i].path);
      expect_answers(typed[i], listed[i].model);
    }
  }
}

TEST_F(SandboxEndpoints, TakeAFile) {
  const Endpoint endpoint = endpoints::file_upload();
  EXPECT_EQ(endpoint.wire_form, WireForm::upload);
  const UploadRequest file{
      .endpoint = endpoint, .bytes = std::make_shared<const std::string>("Why?"), .file_name = "why.txt"};
  const Result<UploadedFile> uploaded = client_.upload(file);
  ASSERT_TRUE(uploaded) << uploaded.error();
  EXPECT_THAT(uploaded->url, EndsWith("/why.txt"));
  const Result<UploadedFile> later = client_.upload_async(file).get();
  ASSERT_TRUE(later) << later.error();
  EXPECT_EQ(later->url, uploaded->url);
  EXPECT_EQ(sandbox_.requests(), 2U);
}

}  // namespace
}  // namespace chatopen
