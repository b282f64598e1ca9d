#include "base/redact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::base {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t plenty = 4096;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string redact(std::string_view text, std::vector<std::string_view> secrets, std::size_t max_bytes = plenty) {
  return Redactor(std::move(secrets)).redact(text, max_bytes);
}

TEST(Redactor, ReplacesBothCredentials) {
  const Credentials credentials{.access_key_id = "key-id-1", .access_key_secret = "s3cret/value"};
  EXPECT_EQ(Redactor(credentials).redact("id key-id-1 and s3cret/value, key-id-1.", plenty),
            "id [redacted] and [redacted], [redacted].");
}

TEST(Redactor, LeavesOtherTextAsItIs) {
  const std::string text = "Ein Text\tmit 中文 und \U0001F600,\nzwei Zeilen, 100% \\o/ s3cre";
  EXPECT_EQ(redact(text + ".", {"s3cret/value"}), text + ".");
}

TEST(Redactor, LeavesSecretsThatAreTooShortToBeAny) {
  EXPECT_EQ(redact("the id of it", {"id", "", "the"}), "the id of it");
  EXPECT_EQ(redact("abcd", {"abcd"}), "[redacted]");
}

TEST(Redactor, FindsSecretsThatAreJsonEscaped) {
  EXPECT_EQ(redact(R"({"k":"a\/b\"c\\d"})", {R"(a/b"c\d)"}), R"({"k":"[redacted]"})");
  EXPECT_EQ(redact(R"(a\u002Fb\u0022c\u005cd!)", {R"(a/b"c\d)"}), "[redacted]!");
  EXPECT_EQ(redact(R"(\u0061bcde!)", {"abcde"}), "[redacted]!");
}

TEST(Redactor, FindsSecretsInJsonWithinJson) {
  EXPECT_EQ(redact(R"("{\"k\":\"wJalr\\/K7==\"}")", {"wJalr/K7=="}), R"("{\"k\":\"[redacted]\"}")");
  for (const char* const text :
       {R"(a\\/bcd)", R"(a\\\/bcd)", R"(a\\\\\\\/bcd)", R"(a\\u002fbcd)", R"(a\\\\u002Fbcd)", R"(a\u005cu002fbcd)"}) {
    EXPECT_EQ(redact(text, {"a/bcd"}), "[redacted]") << text;
  }
  EXPECT_EQ(redact(R"(a\\\\b\\\"c!)", {R"(a\b"c)"}), "[redacted]!") << "a backslash of its own";
}

TEST(Redactor, FindsSecretsThatAreHtmlEscaped) {
  EXPECT_EQ(redact("<p>wJalr&#x2F;K7&#x3D;&#61;</p>", {"wJalr/K7=="}), "<p>[redacted]</p>");
  EXPECT_EQ(redact("a&amp;b&lt;c&gt;d&quot;e&#39;f&apos;!", {"a&b<c>d\"e'f'"}), "[redacted]!");
  EXPECT_EQ(redact("&#X61;&#0098;&#x0063;&#100;!", {"abcd"}), "[redacted]!");
  EXPECT_EQ(redact(R"({&quot;k&quot;:&quot;a\/b&amp;c&quot;})", {"a/b&c"}), "{&quot;k&quot;:&quot;[redacted]&quot;}")
      << "JSON within HTML";
}

TEST(Redactor, LeavesEntitiesThatAreNoneOrWider) {
  const std::string text = "&;&#;&#x;&#xg;&#4e2d;&#x4e61;&copy;&p';&am";
  EXPECT_EQ(redact(text, {"aaaa", "<>&'"}), text);
}

TEST(Redactor, FindsSecretsInBase64) {
  EXPECT_EQ(redact("Basic a2V5LWlkLTE=", {"key-id-1"}), "Basic [redacted]E=") << "what is left has 4 bits";
  EXPECT_EQ(redact("Basic a2V5LWlkLTE6czNjcmV0", {"key-id-1"}), "Basic [redacted]E6czNjcmV0") << "more behind it";
  EXPECT_EQ(redact("<a2V5LWlkLTEy>", {"key-id-12"}), "<[redacted]>");
  for (const char* const text : {"fn5+Pz8/", "fn5-Pz8_", R"(fn5+Pz8\/)", "fn5%2BPz8%2f", "fn5&#43;Pz8&#x2F;"}) {
    EXPECT_EQ(redact(text, {"~~~???"}), "[redacted]") << text;
  }
}

TEST(Redactor, FindsSecretsThatArePercentEncodedInEitherCase) {
  EXPECT_EQ(redact("?k=a%2Fb%3d%25c&x", {"a/b=%c"}), "?k=[redacted]&x");
  EXPECT_EQ(redact("?k=a%2fb%3D%25c&x", {"a/b=%c"}), "?k=[redacted]&x");
  EXPECT_EQ(redact("%61%62%63%64%65!", {"abcde"}), "[redacted]!");
}

TEST(Redactor, FindsASecretWithEscapeCharactersOfItsOwn) {
  EXPECT_EQ(redact("<100%41\\n>", {"100%41\\n"}), "<[redacted]>");
}

TEST(Redactor, LeavesBrokenAndWiderEscapes) {
  const std::string text = R"(\u00zz \u4e2d %zz %4 \x)";
  EXPECT_EQ(redact(text, {"zzzz", "-bcd"}), text);
}

TEST(Redactor, ReplacesOverlappingSecretsAsOne) {
  EXPECT_EQ(redact("<abcdefgh>", {"abcdef", "cdefgh"}), "<[redacted]>");
  EXPECT_EQ(redact("<abcdefgh>", {"cdef", "abcdefgh"}), "<[redacted]>");
  EXPECT_EQ(redact("abababab-abab", {"abab"}), "[redacted]-[redacted]");
}

TEST(Redactor, LetsNoPartOfASecretSurviveAtTheCut) {
  const std::string text = "0123456789 s3cret/value and more";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string redacted = redact(text, {"s3cret/value"}, cut);
    EXPECT_LE(redacted.size(), cut);
    EXPECT_THAT(redacted, Not(HasSubstr("s3"))) << cut;
  }
  EXPECT_EQ(redact(text, {"s3cret/value"}, 11), "0123456789 ");
}

TEST(Redactor, RedactsASecretInWhichTheTextMayHaveBeenCut) {
  const Redactor redactor(std::vector<std::string_view>{"s3cret/value"});
  for (const char* text :
       {"key: s3cret/va", R"(key: s3cret\)", R"(key: s3cret\\)", "key: s3cret%2", "key: s3cret&#x2F"}) {
    EXPECT_EQ(redactor.redact(text, 100, TextEnd::maybe_cut), "key: [redacted]");
    EXPECT_EQ(redactor.redact(text, 100), text);
  }
  EXPECT_EQ(redactor.redact("key: s3c", 100, TextEnd::maybe_cut), "key: s3c");
  EXPECT_EQ(redactor.redact("key: s3cr", 100, TextEnd::maybe_cut), "key: [redacted]") << "the shortest to hide";
}

TEST(Redactor, CutsAtACharactersBoundary) {
  EXPECT_EQ(redact("a中b", {}, 1), "a");
  EXPECT_EQ(redact("a中b", {}, 3), "a");
  EXPECT_EQ(redact("a中b", {}, 4), "a中");
  EXPECT_EQ(redact("a\xff", {}, 3), "a");
  EXPECT_EQ(redact("abc", {}, 0), "");
}

TEST(Redactor, ReplacesInvalidUtf8) {
  const std::string bad(replacement);
  EXPECT_EQ(redact("a\xff"
                   "b",
                   {}),
            "a" + bad + "b");
  EXPECT_EQ(redact("\xc0\xaf", {}), bad + bad) << "overlong";
  EXPECT_EQ(redact("\xe0\x80\xaf", {}), bad + bad + bad) << "overlong";
  EXPECT_EQ(redact("\xed\xa0\x80", {}), bad + bad + bad) << "surrogate";
  EXPECT_EQ(redact("\xf4\x90\x80\x80", {}), bad + bad + bad + bad) << "beyond Unicode";
  EXPECT_EQ(redact("\xf5\x80", {}), bad + bad);
  EXPECT_EQ(redact("\xe4\xb8", {}), bad + bad) << "cut";
  EXPECT_EQ(redact("\xf0\x9f\x98\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf", {}), "\xf0\x9f\x98\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf");
}

TEST(Redactor, DisarmsControlsThatATerminalObeys) {
  const std::string bad(replacement);
  EXPECT_EQ(redact("\x1b[31mred", {}), bad + "[31mred");
  EXPECT_EQ(redact("a\x07"
                   "b\x7f"
                   "c\xc2\x9b"
                   "d",
                   {}),
            "a" + bad + "b" + bad + "c" + bad + "d");
  EXPECT_EQ(redact(std::string_view("a\0b", 3), {}), "a" + bad + "b");
  EXPECT_EQ(redact("\xc2\xa0", {}), "\xc2\xa0") << "a printable character of the same lead byte";
}

TEST(Redactor, KeepsTabsAndEndsLinesAtCarriageReturns) {
  EXPECT_EQ(redact("a\r\nb\rc\td\n", {}), "a\nb\nc\td\n");
}

TEST(Redactor, DoesNotJoinASecretByDroppingWhatStandsInIt) {
  for (const char* const split : {"s3cret\r/value", "s3cret\x01/value", "s3cret\xff/value", "s3cret\r\n/value"}) {
    EXPECT_THAT(redact(split, {"s3cret/value"}), Not(HasSubstr("s3cret/value")));
  }
}

TEST(IsLoggableHeader, KnowsHarmlessHeadersInAnyCase) {
  for (const char* const name : {"content-type", "Content-Length", "RETRY-AFTER", "X-Request-Id", "Accept"}) {
    EXPECT_TRUE(is_loggable_header(name)) << name;
  }
}

TEST(IsLoggableHeader, RefusesCredentialsAndWhatItDoesNotKnow) {
  for (const char* const name :
       {"X-Request-Req-Accesskeyid", "x-request-req-accesskeysecret", "Authorization", "Cookie", "Set-Cookie",
        "Proxy-Authorization", "Location", "X-Api-Key", "", "accept-", "x"}) {
    EXPECT_FALSE(is_loggable_header(name)) << name;
  }
}

TEST(LoggableUrl, DropsUserInfoQueryAndFragment) {
  EXPECT_EQ(loggable_url("https://user:pass@host:8443/a/b?key=1#part"), "https://host:8443/a/b");
  EXPECT_EQ(loggable_url("https://us@er:p@host/a"), "https://host/a");
  EXPECT_EQ(loggable_url("http://host#a@b"), "http://host");
  EXPECT_EQ(loggable_url("user:pass@host/a"), "host/a");
}

TEST(LoggableUrl, KeepsAnAtSignOfThePath) {
  EXPECT_EQ(loggable_url("https://host/users/@me"), "https://host/users/@me");
  EXPECT_EQ(loggable_url("/users/@me?x"), "/users/@me");
  EXPECT_EQ(loggable_url(""), "");
}

TEST(Redactor, FindsSecretsWithoutChangingTheText) {
  const Redactor redactor(std::vector<std::string_view>{"secret\"1", "1-more"});
  const std::string_view text = "\xff\r secret\\\"1-more, secret\"1";
  const SecretPlace first = redactor.find(text, 0);
  EXPECT_EQ(text.substr(first.begin, first.size), "secret\\\"1-more");
  const SecretPlace second = redactor.find(text, first.begin + first.size);
  EXPECT_EQ(text.substr(second.begin, second.size), "secret\"1");
  EXPECT_EQ(redactor.find(text, second.begin + 1).size, 0u);
}

}  // namespace
}  // namespace chatopen::base
