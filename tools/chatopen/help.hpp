#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace chatopen::program {

/// Help that fits in so many columns, without what only a parser wants to know.
class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(int columns) : columns_(static_cast<std::size_t>(columns)) {
    column_width(description_column);
  }

  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_option_opts(const CLI::Option* option) const override;

 private:
  static constexpr std::size_t description_column = 30;
  std::size_t columns_;
};

}  // namespace chatopen::program
