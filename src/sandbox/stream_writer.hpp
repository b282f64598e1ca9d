#pragma once

#include "sandbox/exchange.hpp"

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <functional>

namespace chatopen::sandbox {

/// Sends the body of a stream, one write whenever the HTTP library asks for more.
class StreamWriter {
 public:
  /// Waits, and says whether somebody still reads.
  using Wait = std::function<bool(std::chrono::milliseconds, const httplib::DataSink&)>;
  /// Makes the connection end with a reset.
  using Reset = std::function<void()>;

  StreamWriter(StreamBody body, Wait wait, Reset reset);

  /// False when the connection is to be closed.
  [[nodiscard]] bool write_next(httplib::DataSink& sink);

 private:
  [[nodiscard]] bool end(httplib::DataSink& sink);

  StreamBody body_;
  Wait wait_;
  Reset reset_;
  std::size_t written_ = 0;
};

}  // namespace chatopen::sandbox
