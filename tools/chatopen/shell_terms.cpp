#include "shell_terms.hpp"

#include <cstddef>
#include <string_view>

namespace chatopen::program {
namespace {

struct Term {
  std::string_view in_cpp;
  std::string_view in_shell;
};

constexpr Term terms[] = {
    {"CurlOptions::ca_file", "--ca-file"},
    {"Timeouts::connect", "--connect-timeout"},
    {"Timeouts::first_byte", "--first-byte-timeout"},
    {"Timeouts::idle", "--idle-timeout"},
    {"Timeouts::total", "--timeout"},
    {"set ClientOptions::allow_http", "set \"allow_http\": true in the configuration file"},
    {"ClientOptions::from_environment() reads CHATOPEN_BASE_URL", "set CHATOPEN_BASE_URL, or base_url in the file"},
    {"credentials belong in ClientOptions::credentials",
     "credentials belong in CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET"},
    {"a model by its name is endpoints::general_llm(\"...\")", "a model by its name is --model"},
    {"such as endpoints::role_play(\"my-model\")", "say it with --model"},
    {"choose endpoints::gpt_image_1(), or Endpoint::custom(path, WireForm::image)",
     "leave the endpoint out, or say --path with --form image"},
    {"pictures are ordered with generate_image()", "pictures are ordered with `chatopen image`"},
};

}  // namespace

std::string in_shell_terms(std::string text) {
  for (const Term& term : terms) {
    if (const std::size_t at = text.find(term.in_cpp); at != std::string::npos) {
      text.replace(at, term.in_cpp.size(), term.in_shell);
    }
  }
  return text;
}

}  // namespace chatopen::program
