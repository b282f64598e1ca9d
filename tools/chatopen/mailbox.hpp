#pragma once

#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace chatopen::program {

/// Where replies wait for a thread that polls descriptors.
class Mailbox {
 public:
  using Letter = std::pair<std::uint64_t, Result<ChatReply>>;

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// From any thread.
  void put(std::uint64_t number, Result<ChatReply> reply);
  /// All that came.
  [[nodiscard]] std::vector<Letter> take();
  /// Readable while there is something to take.
  [[nodiscard]] int descriptor() const noexcept { return pipe_[0]; }

 private:
  int pipe_[2] = {-1, -1};
  std::mutex mutex_;
  std::vector<Letter> letters_;
};

}  // namespace chatopen::program
