#pragma once

#include "sandbox/picture_directives.hpp"
#include "sandbox/stream_directives.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::sandbox {

/// The bodies that a reply can have. The first four can be streams. The first five, and the last four, in which uploads
/// are answered, are successes, unless a status or an envelope code says otherwise.
enum class ReplyShape : std::uint8_t {
  envelope,
  envelope_number,
  completion,
  completion_in_data,
  raw,
  error_object,
  error_text,
  truncated,
  empty,
  html,
  invalid_utf8,
  url,
  data_url,
  file_url,
  data_file_url,
};

/// What a call is answered with when it has no directives.
enum class UsualReply : std::uint8_t { envelope, envelope_stream, completion_stream, pictures, upload };

/// What the header `X-Sandbox-Reply` asks for; its grammar is documented in docs/sandbox.md.
struct ReplyDirectives {
  int status = 200;
  ReplyShape shape = ReplyShape::envelope;
  bool streams = false;
  /// The code in the envelope; by default the status.
  std::optional<std::string> envelope_code = {};
  /// What the model says; by default what was received.
  std::optional<std::string> text = {};
  std::optional<std::string> retry_after = {};
  std::optional<std::string> retry_after_ms = {};
  std::optional<std::string> request_id = {};
  std::optional<std::string> location = {};
  std::optional<std::string> finish_reason = {};
  std::optional<std::string> reasoning = {};
  /// What it says at each turn, instead of `text`; the last from then on.
  std::vector<std::string> texts = {};
  /// The names of tools that the model asks for.
  std::vector<std::string> tool_calls = {};
  /// The arguments of each, as they are; by default what would have been said.
  std::optional<std::string> tool_arguments = {};
  /// How often it asks for them before it answers; once by default.
  std::optional<int> tool_rounds = {};
  /// Calls that the conversation has already.
  std::size_t earlier_calls = 0;
  std::chrono::milliseconds delay = {};
  int together = 0;
  StreamDirectives stream = {};
  PictureDirectives pictures = {};
};

/// Throws `Refusal` naming the directive that is wrong.
[[nodiscard]] ReplyDirectives parse_reply_directives(std::string_view header, UsualReply usual = UsualReply::envelope);

}  // namespace chatopen::sandbox
