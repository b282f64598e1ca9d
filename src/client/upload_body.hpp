#pragma once

#include "codec/multipart.hpp"

#include <chatopen/error.hpp>
#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>
#include <chatopen/upload.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace chatopen::client {

class Receiver;
struct PreparedCall;

/// The body of an upload: the frame of a form, and between its halves the content, of which no more is held than the
/// piece that is being sent. Keeps for its call why it could not be read.
class UploadBody final : public BodySource {
 public:
  UploadBody(codec::FormFrame frame, std::shared_ptr<BodySource> content, std::uint64_t content_size,
             PreparedCall& prepared) noexcept
      : frame_(std::move(frame)), content_(std::move(content)), content_size_(content_size), prepared_(prepared) {}

  /// Before the first read: who gets what a callback throws, and who hears of progress; null for nobody. Both must
  /// outlive the reading, as must the call.
  void attach(Receiver& receiver, const detail::UploadProgressCallback* on_progress) noexcept {
    receiver_ = &receiver;
    on_progress_ = on_progress;
  }
  /// Whether another attempt failed to come about because the content cannot be read again.
  [[nodiscard]] bool refused_rewind() const noexcept { return refused_rewind_; }

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override {
    return frame_.before.size() + content_size_ + frame_.after.size();
  }
  /// Does not throw.
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override;
  [[nodiscard]] bool rewind() noexcept override;

 private:
  [[nodiscard]] Result<std::size_t> read_content(char* into, std::size_t capacity);
  [[nodiscard]] Error failed(Error error);

  codec::FormFrame frame_;
  std::shared_ptr<BodySource> content_;
  std::uint64_t content_size_;
  PreparedCall& prepared_;
  Receiver* receiver_ = nullptr;
  const detail::UploadProgressCallback* on_progress_ = nullptr;
  std::size_t before_sent_ = 0;
  std::uint64_t content_sent_ = 0;
  std::size_t after_sent_ = 0;
  bool content_touched_ = false;
  bool refused_rewind_ = false;
};

}  // namespace chatopen::client
