#pragma once

#include "line_reader.hpp"

#include <chatopen/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chatopen::program {

/// The lines of several files one after the other, numbered from 1 through all of them; - is the standard input.
class BatchInput {
 public:
  struct Line {
    std::string text = {};
    bool cut = false;
    std::uint64_t number = 0;
    /// Where it is, for people.
    std::string place = {};
  };

  /// Opens every file, so that one that is missing shows at once. Errors: `io`.
  [[nodiscard]] static Result<BatchInput> open(const std::vector<std::string>& paths);

  /// The next line that is here without waiting, other than for a disk.
  [[nodiscard]] std::optional<Line> next();
  /// Every line was handed out.
  [[nodiscard]] bool ended() const noexcept { return current_ == files_.size(); }
  /// What `next` waits for; after it has become readable, `fill` reads.
  [[nodiscard]] int descriptor() const noexcept { return files_[current_].reader->descriptor(); }
  void fill();
  /// The read that failed, after which there is no more.
  [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

  /// Whether someone types some of it.
  [[nodiscard]] bool is_typed() const;
  /// How many lines there are; nothing when one is no regular file. Reads all of them.
  [[nodiscard]] std::optional<std::uint64_t> count_lines() const;

 private:
  struct Closer {
    void operator()(LineReader* reader) const noexcept;
  };
  struct File {
    std::string path;
    std::unique_ptr<LineReader, Closer> reader;
    std::uint64_t lines = 0;
  };

  std::vector<File> files_ = {};
  std::size_t current_ = 0;
  std::uint64_t lines_ = 0;
  std::optional<Error> failure_ = {};
};

}  // namespace chatopen::program
