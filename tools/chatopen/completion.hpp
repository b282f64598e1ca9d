#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace chatopen::program {

/// What the shells run; each asks the program for candidates.
extern const std::string_view bash_completion;
extern const std::string_view zsh_completion;
extern const std::string_view fish_completion;

/// Candidates for the last of the words that follow the program's name: a line each, with a tab before what describes
/// it; the line `:files` stands for the names of files.
[[nodiscard]] std::string complete(const CLI::App& program, std::vector<std::string> words);

}  // namespace chatopen::program
