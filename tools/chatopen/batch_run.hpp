#pragma once

#include "batch_input.hpp"
#include "batch_output.hpp"
#include "request_options.hpp"

#include <cstddef>
#include <cstdint>

namespace chatopen::program {

class Connection;
class Interruption;
struct Console;

struct BatchOptions {
  /// What lines leave out.
  RequestOptions defaults = {};
  /// Calls at a time.
  std::size_t concurrency = 8;
  /// Records as they come, rather than in the order of the lines.
  bool unordered = false;
  /// Records hold the reply's JSON, too.
  bool raw = false;
};

/// What became of the lines.
struct BatchTally {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  /// Of an earlier run, which this one went on with.
  std::uint64_t skipped = 0;
};

/// Asks what the lines ask, with so many calls at a time, and reads ahead no further than four times that. On an
/// interruption the calls are cancelled, and whatever has ended is written.
/// Errors: `io`; `invalid_argument` when the output belongs to other input.
[[nodiscard]] Result<BatchTally> run_batch(BatchInput& input, BatchOutput& output, const BatchOptions& options,
                                           const Connection& connection, const Interruption& interruption,
                                           Console& console);

}  // namespace chatopen::program
