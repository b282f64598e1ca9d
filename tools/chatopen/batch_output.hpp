#pragma once

#include <chatopen/result.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace chatopen::program {

class Output;

/// What is to happen to an output file that is there.
enum class Existing { refuse, resume, resume_and_retry };

/// Where the records of a batch go: whole lines, each by one write to the end. A file is locked against other batches.
class BatchOutput {
 public:
  /// To the standard output.
  explicit BatchOutput(Output& out) : out_(&out) {}
  /// To a file. To resume reads what it holds, and mends a last line that was cut; to retry also drops the records of
  /// failures, by putting a new file in its place. Errors: `io`; `invalid_argument` when there is a file that may not
  /// be resumed, that another batch is writing, or that holds something else.
  [[nodiscard]] static Result<BatchOutput> open(const std::string& path, Existing existing);

  BatchOutput(BatchOutput&& other) noexcept = default;
  BatchOutput& operator=(BatchOutput&& other) noexcept = default;

  /// Whether records go where the progress is drawn, too.
  [[nodiscard]] bool is_terminal() const noexcept;
  /// Whether the file holds records at all.
  [[nodiscard]] bool has_records() const noexcept { return !finished_.empty(); }
  /// Whether it holds the record of this line. Errors: `invalid_argument` when that has another id: the file belongs to
  /// other input.
  [[nodiscard]] Result<bool> has(std::uint64_t line, const nlohmann::ordered_json& id) const;
  /// How many of its records are failures.
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }

  /// Adds a record, which ends with a line break. Errors: `io`.
  [[nodiscard]] Result<void> append(std::string_view record);
  /// Brings what was added to the disk. Errors: `io`.
  [[nodiscard]] Result<void> sync();

 private:
  // Closes the descriptor that it points to.
  struct Closer {
    void operator()(const int* descriptor) const noexcept;
  };
  using File = std::unique_ptr<int, Closer>;

  BatchOutput(std::string path, File file) : path_(std::move(path)), file_(std::move(file)) {}
  [[nodiscard]] static Result<File> open_locked(const std::string& path, unsigned mode);
  // Copies what is no failure into a new file with this mode, which then takes the old one's place.
  [[nodiscard]] Result<void> drop_failures(unsigned mode);
  // With a replacement, copies into it; without, mends the file itself.
  [[nodiscard]] Result<void> read_records(const int* replacement);
  [[nodiscard]] Result<bool> take(const std::string& line, std::uint64_t number, bool whole, bool drop_failures);
  [[nodiscard]] Error failed(const char* what) const;

  Output* out_ = nullptr;
  std::string path_ = {};
  File file_ = {};
  // The finished lines, with a hash of their ids.
  std::unordered_map<std::uint64_t, std::size_t> finished_ = {};
  std::uint64_t failures_ = 0;
};

}  // namespace chatopen::program
