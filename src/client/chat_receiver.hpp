#pragma once

#include "client/receiver.hpp"
#include "codec/chunk_decoder.hpp"
#include "stream/reply_builder.hpp"

#include <chatopen/delta.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/sse.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace chatopen::client {

/// Slows a stream whose pieces nobody takes.
class Backpressure {
 public:
  virtual ~Backpressure() = default;
  /// Asked after each chunk of a stream's body: proceed or pause.
  [[nodiscard]] virtual SinkAction after_chunk() = 0;
};

/// Makes a chat's reply of a whole body or of an event stream, whichever the server sends.
class ChatReceiver final : public Receiver {
 public:
  /// Pieces go to `on_delta` and `backpressure` is asked where they are not null; both must outlive it.
  ChatReceiver(PreparedCall& prepared, const detail::DeltaCallback* on_delta, Backpressure* backpressure) noexcept
      : Receiver(prepared), on_delta_(on_delta), backpressure_(backpressure) {}

  void restart() override;
  [[nodiscard]] std::optional<FailedAttempt> finish(const TransportOutcome& outcome) override;
  [[nodiscard]] bool shows_its_end() const noexcept override;
  [[nodiscard]] bool has_delivered() const noexcept override { return delivered_; }
  void describe(CallCompleted& event) const override;

  /// After a success.
  [[nodiscard]] ChatReply take(int attempts);

 private:
  struct Stream {
    SseParser parser;
    codec::ChunkDecoder decoder;
    stream::ReplyBuilder builder;
  };

  void begin_body() override;
  [[nodiscard]] SinkAction add_body(std::string_view bytes) override;
  void on_event(std::string_view data);
  void on_done();
  [[nodiscard]] bool deliver(const ChatDelta& delta);
  [[nodiscard]] std::optional<FailedAttempt> finish_stream(const TransportOutcome& outcome);
  [[nodiscard]] std::optional<FailedAttempt> finish_whole(const TransportOutcome& outcome);

  const detail::DeltaCallback* on_delta_;
  Backpressure* backpressure_;
  // Rare, and large.
  std::unique_ptr<Error> error_;
  std::uint64_t deltas_ = 0;
  bool has_events_ = false;
  bool refused_late_ = false;
  bool done_ = false;
  bool stopped_ = false;
  bool delivered_ = false;
  std::optional<Stream> stream_;
  ChatReply::Fields fields_;
};

}  // namespace chatopen::client
