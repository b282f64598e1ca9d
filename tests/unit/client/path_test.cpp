#include "client/path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatopen::client {
namespace {

std::string path_of(const Endpoint& endpoint) {
  const Result<Route> route = route_of(endpoint, {});
  return route ? route->path : "refused: " + route.error().message;
}

bool is_refused(const Endpoint& endpoint) {
  const Result<Route> route = route_of(endpoint, {});
  return !route && route.error().kind == ErrorKind::invalid_argument;
}

TEST(Endpoints, ListTheTwelveOfTheReferenceWithTheirPaths) {
  struct Row {
    const char* name;
    const char* path;
    Provenance provenance;
    WireForm wire_form;
  };
  const Row rows[] = {
      {"role-play", "/AIGCChatOpenServ/saas/{model}/text/v3", Provenance::inferred, WireForm::messages},
      {"general-llm", "/AIGCChatOpenServ/saas/{model}/text/v3", Provenance::inferred, WireForm::messages},
      {"general-agent", "/AIGCChatOpenServ/saas/{model}/text/v3", Provenance::inferred, WireForm::messages},
      {"gpt-4o", "/AIGCChatOpenServ/saas/gpt-4o/text/v3", Provenance::inferred, WireForm::messages},
      {"gpt-4o-multimodal", "/AIGCChatOpenServ/saas/gpt-4o/text/v3", Provenance::documented, WireForm::messages},
      {"moonshot-128k", "/AIGCChatOpenServ/saas/moonshot-128k/text/v3", Provenance::inferred, WireForm::messages},
      {"deepseek-chat", "/AIGCChatOpenServ/saas/deepseek-chat/text/v3", Provenance::inferred, WireForm::messages},
      {"claude-v3.5-sonnet", "/AIGCChatOpenServ/saas/claude-v3.5-sonnet/text/v3", Provenance::inferred,
       WireForm::messages},
      {"deepseek-chat-streaming", "/AIGCChatOpenServ/saas/deepseek-chat/stream", Provenance::inferred,
       WireForm::prompt},
      {"gpt-image-1", "/AIGCChatOpenServ/saas/gpt-image-1/image/generation", Provenance::inferred, WireForm::image},
      {"model-k-v1", "/AIGCChatOpenServ/saas/model-k/text/v3", Provenance::inferred, WireForm::messages},
      {"gemini", "/AIGCChatOpenServ/saas/gemini/text/v3", Provenance::inferred, WireForm::messages},
  };
  const std::vector<Endpoint> all = endpoints::all();
  ASSERT_EQ(all.size(), std::size(rows));
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].name, rows[i].name);
    EXPECT_EQ(all[i].path, rows[i].path) << rows[i].name;
    EXPECT_EQ(all[i].provenance, rows[i].provenance) << rows[i].name;
    EXPECT_EQ(all[i].wire_form, rows[i].wire_form) << rows[i].name;
    EXPECT_FALSE(all[i].reference_name.empty()) << rows[i].name;
  }
}

TEST(Path, FillsInTheModel) {
  EXPECT_EQ(path_of(endpoints::role_play("sherlock")), "/AIGCChatOpenServ/saas/sherlock/text/v3");
}

TEST(Path, KeepsAModelInsideItsSegment) {
  EXPECT_EQ(path_of(endpoints::general_llm("a/b?c#d")), "/AIGCChatOpenServ/saas/a%2Fb%3Fc%23d/text/v3");
  EXPECT_EQ(path_of(endpoints::general_llm("../../admin")), "/AIGCChatOpenServ/saas/..%2F..%2Fadmin/text/v3");
  EXPECT_EQ(path_of(endpoints::general_llm("a%2fb")), "/AIGCChatOpenServ/saas/a%252fb/text/v3");
  EXPECT_EQ(path_of(endpoints::general_llm("{model}")), "/AIGCChatOpenServ/saas/%7Bmodel%7D/text/v3");
  EXPECT_EQ(path_of(endpoints::general_llm("模型 1")), "/AIGCChatOpenServ/saas/%E6%A8%A1%E5%9E%8B%201/text/v3");
}

TEST(Path, RefusesAModelThatIsNoSegment) {
  EXPECT_TRUE(is_refused(endpoints::role_play("")));
  EXPECT_TRUE(is_refused(endpoints::role_play(".")));
  EXPECT_TRUE(is_refused(endpoints::role_play("..")));
  EXPECT_TRUE(is_refused(endpoints::role_play("a\nb")));
  EXPECT_TRUE(is_refused(endpoints::role_play(std::string("a\0b", 3))));
}

TEST(Path, RefusesWhatIsNotUtf8) {
  EXPECT_TRUE(is_refused(endpoints::role_play("caf\xe9")));
  EXPECT_EQ(path_of(endpoints::role_play("caf\xe9")), "refused: endpoint.model is not valid UTF-8");
  EXPECT_EQ(path_of(Endpoint::custom("/caf\xe9", WireForm::messages)), "refused: endpoint.path is not valid UTF-8");
  EXPECT_EQ(path_of(Endpoint::custom("caf\xe9", WireForm::messages)), "refused: endpoint.path is not valid UTF-8");
  EXPECT_EQ(path_of(Endpoint::custom("/caf%E9", WireForm::messages)), "/caf%E9") << "written on purpose";
}

TEST(Path, EncodesWhatMayNotStandInACustomPath) {
  EXPECT_EQ(path_of(Endpoint::custom("/my path/ü", WireForm::messages)), "/my%20path/%C3%BC");
  EXPECT_EQ(path_of(Endpoint::custom("/kept%20escape/a:b@c", WireForm::messages)), "/kept%20escape/a:b@c");
  EXPECT_EQ(path_of(Endpoint::custom("/stray%escape%2", WireForm::messages)), "/stray%25escape%252");
  EXPECT_EQ(path_of(Endpoint::custom("/with?query=1/../2", WireForm::messages)), "/with?query=1/../2");
}

TEST(Path, RefusesACustomPathThatLeadsElsewhere) {
  for (const char* path : {"", "relative", "/a/../b", "/a/..", "/./a", "/a/%2e%2E/b", "/a/.%2e", "/a#b", "/a\r\nb"}) {
    EXPECT_TRUE(is_refused(Endpoint::custom(path, WireForm::messages))) << path;
  }
  EXPECT_EQ(path_of(Endpoint::custom("/a/...", WireForm::messages)), "/a/...");
}

TEST(Route, TakesTheOverrideOfItsName) {
  const std::vector<EndpointOverride> overrides = {
      {.name = "gemini", .path = "/private/{model}/chat", .wire_form = WireForm::prompt},
      {.name = "role-play", .path = "/rp/{model}"},
      {.name = "gpt-4o", .wire_form = WireForm::prompt}};
  const Result<Route> gemini = route_of(endpoints::gemini(), overrides);
  ASSERT_TRUE(gemini);
  EXPECT_EQ(gemini->path, "/private/gemini/chat");
  EXPECT_EQ(gemini->wire_form, WireForm::prompt);

  const Result<Route> role_play = route_of(endpoints::role_play("a/b"), overrides);
  ASSERT_TRUE(role_play);
  EXPECT_EQ(role_play->path, "/rp/a%2Fb");
  EXPECT_EQ(role_play->wire_form, WireForm::messages);

  const Result<Route> gpt_4o = route_of(endpoints::gpt_4o(), overrides);
  ASSERT_TRUE(gpt_4o);
  EXPECT_EQ(gpt_4o->path, "/AIGCChatOpenServ/saas/gpt-4o/text/v3");
  EXPECT_EQ(gpt_4o->wire_form, WireForm::prompt);

  const Result<Route> untouched = route_of(endpoints::deepseek_chat(), overrides);
  ASSERT_TRUE(untouched);
  EXPECT_EQ(untouched->path, "/AIGCChatOpenServ/saas/deepseek-chat/text/v3");
}

}  // namespace
}  // namespace chatopen::client
