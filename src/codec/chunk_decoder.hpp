#pragma once

#include "base/redact.hpp"
#include "codec/json_document.hpp"

#include <chatopen/delta.hpp>
#include <chatopen/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen::codec {

/// The events of one stream → deltas. What text it hands out is valid UTF-8: the halves of a character that came in
/// different events are joined, for which a first half waits for the next piece of the same text.
class ChunkDecoder {
 public:
  enum class Step {
    /// The stream goes on.
    more,
    /// The event says that the stream is complete.
    done,
    /// The callback wants no more.
    stopped,
    /// The event cannot be read, or carries an error.
    failed,
  };

  /// The redactor must outlive it.
  explicit ChunkDecoder(const base::Redactor& redactor) noexcept : redactor_(redactor) {}

  /// Whether the event says that the stream is complete.
  [[nodiscard]] static bool is_done(std::string_view data) noexcept;

  /// Reads the data of one event, which came with this (success) status. `error` is set when the step is `failed`:
  /// `protocol` for what is no JSON object; the kinds of envelope codes and `error` members. The callback may itself
  /// make calls, but not use this decoder.
  [[nodiscard]] Step decode(std::string_view data, int http_status, const detail::DeltaCallback& on_delta,
                            Error& error);

  /// The end of the stream: halves that still wait become U+FFFD. False when the callback wants no more.
  [[nodiscard]] bool finish(const detail::DeltaCallback& on_delta);

  [[nodiscard]] bool saw_finish_reason() const noexcept { return saw_finish_reason_; }
  /// From the first event that has it; so is the request's identifier.
  [[nodiscard]] const std::string& model() const noexcept { return model_; }
  [[nodiscard]] const std::string& request_id() const noexcept { return request_id_; }

 private:
  struct Scratch;
  class Lease;

  void clear_delta() noexcept;
  [[nodiscard]] bool read(std::string_view data);
  void read_choices(const std::optional<Json>& choices);
  void read_tool_calls(const std::optional<Json>& tool_calls);
  void read_word(const std::optional<Json>& value, std::string& word) const;
  [[nodiscard]] int number_call(const Json& piece, const ToolCallDelta& call, bool is_alone);
  [[nodiscard]] ToolCallDelta& next_call(int index);
  void join_halves(int channel, std::string& piece);
  [[nodiscard]] Error refusal(int http_status);
  [[nodiscard]] bool hand_out(const detail::DeltaCallback& on_delta);

  const base::Redactor& redactor_;
  // Only while an event is decoded.
  Scratch* scratch_ = nullptr;
  // First halves that wait, by the channel in which they came: the index of a tool call, or one of the negative numbers
  // for the other texts.
  std::vector<std::pair<int, unsigned>> waiting_;
  bool saw_finish_reason_ = false;
  // Of tool calls: the highest index so far, that of the last piece, and the identifiers.
  int highest_call_ = -1;
  int last_call_ = -1;
  std::vector<ToolCallDelta> known_calls_;
  std::string model_;
  std::string request_id_;
};

}  // namespace chatopen::codec
