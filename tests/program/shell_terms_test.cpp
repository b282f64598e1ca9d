// What is wrong, in words that help in a shell.
#include "program_test.hpp"

#include <utility>

namespace chatopen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using ShellTerms = ProgramTest;

TEST_F(ShellTerms, NameCommandsAndOptions) {
  for (const auto& [arguments, term] : {
           std::pair<std::vector<std::string>, const char*>{{"chat", "-e", "gpt-image-1", "Hi"}, "`chatopen image`"},
           {{"image", "-e", "gpt-4o", "-o", testing::TempDir() + "shell-terms.png", "a cat"}, "--form image"},
           {{"chat", "--path", "gpt-4o", "Hi"}, "--model"},
           {{"chat", "--ca-file", "/nowhere.pem", "Hi"}, "--ca-file"},
           {{"chat", "--retries", "0", "--first-byte-timeout", "50ms", "--header", "X-Sandbox-Reply: delay-ms=600000",
             "Hi"},
            "--first-byte-timeout"},
       }) {
    const Outcome outcome = run(arguments);
    EXPECT_NE(outcome.code, 0);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr(term), Not(HasSubstr("::")), Not(HasSubstr("()"))));
  }
}

TEST_F(ShellTerms, NameTheFilesMembers) {
  Variables plain = variables();
  plain[0] = "CHATOPEN_BASE_URL=http://gateway.example";
  EXPECT_THAT(run_program({"chat", "Hi"}, plain, "").err,
              AllOf(HasSubstr("\"allow_http\": true"), Not(HasSubstr("::"))));
  plain[0] = "CHATOPEN_BASE_URL=https://user@gateway.example";
  EXPECT_THAT(run_program({"chat", "Hi"}, plain, "").err,
              AllOf(HasSubstr("CHATOPEN_ACCESS_KEY_SECRET"), Not(HasSubstr("::"))));
}

}  // namespace
}  // namespace chatopen
