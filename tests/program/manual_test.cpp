// The manual page, the help and the completion say the same.
#include "program_test.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace chatopen {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Names = std::set<std::string>;

// The subcommands, as the help lists them.
Names commands() {
  Names names;
  std::istringstream words(run_program({"__complete", ""}).out);
  for (std::string line; std::getline(words, line);) names.insert(line.substr(0, line.find('\t')));
  return names;
}

Names options_in_help(const std::vector<std::string>& arguments) {
  static const std::regex option(R"(\n  (?:-\w,)?--([a-z-]+))");
  const std::string help = run_program(arguments).out;
  Names names;
  for (auto each = std::sregex_iterator(help.begin(), help.end(), option); each != std::sregex_iterator(); ++each) {
    names.insert((*each)[1]);
  }
  return names;
}

// The options of each subsection of the page.
std::map<std::string, Names> options_in_page() {
  static const std::regex option(R"((?:Fl (?:\w , )?-| , -)([a-z-]+))");
  std::map<std::string, Names> sections;
  std::ifstream page(CHATOPEN_MANUAL);
  std::string section;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with(".Ss ")) section = line.substr(4);
    if (!line.starts_with(".It Fl")) continue;
    for (auto each = std::sregex_iterator(line.begin(), line.end(), option); each != std::sregex_iterator(); ++each) {
      sections[section].insert((*each)[1]);
    }
  }
  return sections;
}

TEST(Manual, HasEveryOptionThatTheProgramHas) {
  const auto page = options_in_page();
  Names unused;
  for (const auto& [section, options] : page) {
    for (const std::string& each : options) unused.insert(section + ": --" + each);
  }
  const auto check = [&](const std::string& own, const Names& options) {
    for (const std::string& option : options) {
      bool found = false;
      for (const std::string& section :
           {own, std::string("Endpoint options"), std::string("Request options"), std::string("Connection options")}) {
        const auto place = page.find(section);
        if (place == page.end() || !place->second.contains(option)) continue;
        found = true;
        unused.erase(section + ": --" + option);
      }
      EXPECT_TRUE(found) << own << " --" << option;
    }
  };
  check("", options_in_help({"--help"}));
  for (const std::string& each : commands()) check("chatopen " + each, options_in_help({each, "--help"}));
  EXPECT_THAT(unused, IsEmpty());
}

// The options of each command that stand in its help under a heading with one of these words in parentheses.
std::map<std::string, std::string> provenance_in_help(const std::string& command) {
  static const std::regex option(R"(^  (?:-\w,)?--([a-z-]+).*)");
  static const std::regex heading(R"(^[A-Z][^()]*(?:\((\w+)\))?:\s*$)");
  std::map<std::string, std::string> words;
  std::istringstream help(run_program({command, "--help"}).out);
  std::string word;
  std::smatch found;
  for (std::string line; std::getline(help, line);) {
    if (std::regex_match(line, found, heading)) word = found[1];
    if (!word.empty() && std::regex_match(line, found, option)) words[found[1]] = word;
  }
  return words;
}

// What the page says of each option, under "<subsection> --<option>".
std::map<std::string, std::string> texts_in_page() {
  static const std::regex option(R"((?:Fl (?:\w , )?-| , -)([a-z-]+))");
  std::map<std::string, std::string> texts;
  std::ifstream page(CHATOPEN_MANUAL);
  std::string section;
  Names item;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with(".Ss ")) section = line.substr(4);
    if (line.starts_with(".It") || line.starts_with(".El")) item.clear();
    if (line.starts_with(".It Fl")) {
      for (auto each = std::sregex_iterator(line.begin(), line.end(), option); each != std::sregex_iterator(); ++each) {
        item.insert(section + " --" + (*each)[1].str());
      }
    }
    for (const std::string& each : item) texts[each] += line + "\n";
  }
  return texts;
}

TEST(Manual, SaysAsTheHelpDoesWhatIsNotDocumented) {
  std::map<std::string, std::map<std::string, std::string>> undocumented;
  for (const char* const option : {"system", "temperature", "top-p", "max-tokens", "seed", "stop"}) {
    undocumented["chat"][option] = undocumented["batch"][option] = "inferred";
  }
  for (const char* const option : {"aspect-ratio", "resolution", "output-format", "reference", "search"}) {
    undocumented["image"][option] = "observed";
  }
  for (const char* const option : {"name", "media-type"}) undocumented["upload"][option] = "inferred";
  auto page = texts_in_page();
  for (const std::string& command : commands()) {
    EXPECT_EQ(provenance_in_help(command), undocumented[command]) << command;
    for (const auto& [option, word] : undocumented[command]) {
      const std::string text = page["chatopen " + command + " --" + option] + page["Request options --" + option];
      EXPECT_THAT(text, HasSubstr(word.substr(1))) << command << " --" << option;
    }
  }
}

TEST(Manual, HasEveryCommand) {
  std::ostringstream page;
  page << std::ifstream(CHATOPEN_MANUAL).rdbuf();
  for (const std::string& each : commands()) EXPECT_THAT(page.str(), HasSubstr(".Ss chatopen " + each + "\n"));
}

TEST(Manual, IsWellFormed) {
  if (std::system("command -v mandoc >/dev/null") != 0) GTEST_SKIP() << "mandoc is not installed";
  EXPECT_EQ(std::system("mandoc -T lint -W warning '" CHATOPEN_MANUAL "' >&2"), 0);
}

TEST(Completion, OffersWhatFits) {
  const auto offers = [](std::vector<std::string> words) {
    words.insert(words.begin(), "__complete");
    return run_program(words).out;
  };
  EXPECT_THAT(offers({"ba"}), testing::StartsWith("batch\t"));
  EXPECT_THAT(offers({"chat", "--end"}), testing::StartsWith("--endpoint\t"));
  EXPECT_THAT(offers({"chat", ""}), IsEmpty());
  EXPECT_THAT(offers({"chat", "--endpoint", "gpt-4o-"}), testing::StartsWith("gpt-4o-multimodal\t"));
  EXPECT_THAT(offers({"chat", "-e", "deepseek-chat-"}), testing::StartsWith("deepseek-chat-streaming\t"));
  EXPECT_THAT(offers({"chat", "--endpoint=gem"}), testing::StartsWith("--endpoint=gemini\t"));
  EXPECT_THAT(offers({"chat", "--endpoint", "=", "gem"}), testing::StartsWith("gemini\t"));
  EXPECT_EQ(offers({"chat", "--image", "ca"}), ":files\n");
  EXPECT_EQ(offers({"batch", "--resume", "in"}), ":files\n");
  EXPECT_EQ(offers({"chat", "--form", ""}), "messages\t\nprompt\t\n");
  EXPECT_EQ(offers({"image", "--form", ""}), "image\t\n");
  EXPECT_EQ(offers({"completion", "f"}), "fish\t\n");
  EXPECT_THAT(offers({"chat", "--", "-"}), Not(HasSubstr(":files")));
}

// The output of a shell that reads the script with completion and then runs these lines.
std::string complete_in(const std::string& shell, const std::string& before, const std::string& lines) {
  const std::string path = testing::TempDir() + "chatopen_completion_test_" + std::to_string(::getpid());
  std::ofstream(path) << before << run_program({"completion", shell}).out << lines;
  std::FILE* const pipe = ::popen((shell + " " + path + " 2>&1").c_str(), "r");
  std::string output;
  char buffer[4096];
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) output.append(buffer, size);
  ::pclose(pipe);
  std::remove(path.c_str());
  return output;
}

bool is_installed(const std::string& shell) {
  return std::system(("command -v " + shell + " >/dev/null").c_str()) == 0;
}

TEST(Completion, WorksInBash) {
  if (!is_installed("bash")) GTEST_SKIP() << "bash is not installed";
  EXPECT_EQ(
      complete_in("bash", "PATH=" CHATOPEN_DIRECTORY ":$PATH\n",
                  "COMP_WORDS=(chatopen ba) COMP_CWORD=1; _chatopen; echo \"${COMPREPLY[@]}\"\n"
                  "COMP_WORDS=(chatopen chat -e gpt-4o-) COMP_CWORD=3; _chatopen; echo \"${COMPREPLY[@]}\"\n"
                  "COMP_WORDS=(chatopen batch /proc/self/statu) COMP_CWORD=2; _chatopen; echo \"${COMPREPLY[@]}\"\n"),
      "batch\ngpt-4o-multimodal\n/proc/self/status\n");
}

TEST(Completion, WorksInFish) {
  if (!is_installed("fish")) GTEST_SKIP() << "fish is not installed";
  EXPECT_THAT(
      complete_in("fish", "set PATH " CHATOPEN_DIRECTORY " $PATH\n",
                  "\ncomplete -C 'chatopen ba'\ncomplete -C 'chatopen chat --endpoint gpt-4o-'\n"
                  "complete -C 'chatopen batch /etc/passw'\n"),
      AllOf(HasSubstr("batch\tAsk what"), HasSubstr("gpt-4o-multimodal\tmessages form"), HasSubstr("/etc/passwd")));
}

TEST(Completion, WorksInZsh) {
  if (!is_installed("zsh")) GTEST_SKIP() << "zsh is not installed";
  // The line editor is not there in a script, so what it provides is stood in for.
  EXPECT_THAT(complete_in("zsh",
                          "path=(" CHATOPEN_DIRECTORY " $path)\ncompdef() { }\n"
                          "_describe() { print -l -- ${(P)3} }\n_files() { print files }\n",
                          "words=(chatopen ba) CURRENT=2; _chatopen\n"
                          "words=(chatopen chat --endpoint gpt-4o-) CURRENT=4; _chatopen\n"
                          "words=(chatopen batch in) CURRENT=3; _chatopen\n"),
              AllOf(HasSubstr("batch:Ask what"), HasSubstr("gpt-4o-multimodal:messages form"), HasSubstr("files")));
}

}  // namespace
}  // namespace chatopen
