#pragma once

#include "../temporary_directory.hpp"
#include "client_fixture.hpp"

#include <chatopen/transport.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen {

inline constexpr const char* url_envelope = R"({"code":"200","msg":"ok","data":{"url":"https://files.example/a"}})";
inline constexpr std::string_view png_bytes = "\x89PNG\r\n\x1a\nand more";

/// A source whose every quirk a test decides.
class TestSource final : public BodySource {
 public:
  explicit TestSource(std::string content) : text(std::move(content)), announced(text.size()) {}

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return announced; }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override {
    ++reads;
    if (throws) throw 4711;
    if (fault) return *fault;
    const std::string_view piece = std::string_view(text).substr(position, std::min(capacity, most_at_once));
    std::copy(piece.begin(), piece.end(), into);
    position += piece.size();
    return piece.size();
  }
  [[nodiscard]] bool rewind() noexcept override {
    ++rewinds;
    position = 0;
    return rewindable;
  }

  std::string text;
  std::optional<std::uint64_t> announced;
  std::size_t most_at_once = 1000;
  std::optional<Error> fault;
  bool throws = false;
  bool rewindable = true;
  int reads = 0;
  int rewinds = 0;
  std::size_t position = 0;
};

/// What stands between the halves of the frame in a form that was sent.
inline std::string content_of(const std::string& form) {
  const std::size_t start = form.find("\r\n\r\n") + 4;
  return form.substr(start, form.rfind("\r\n--") - start);
}

/// The form without its random boundary.
inline std::string normalized(const testing::RecordedRequest& request) {
  const std::string type = request.header("Content-Type");
  const std::string boundary = type.substr(type.find('=') + 1);
  std::string form = request.body;
  for (std::size_t at = form.find(boundary); at != std::string::npos; at = form.find(boundary)) {
    form.replace(at, boundary.size(), "BOUNDARY");
  }
  return form;
}

}  // namespace chatopen
