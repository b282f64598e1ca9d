#pragma once

#include <chatopen/transport.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::client {

/// Collects one whole reply in memory; of an error's body only as much as the limit says.
class ReplyCollector final : public ResponseSink {
 public:
  explicit ReplyCollector(const Limits& limits) noexcept : limits_(limits) {}

  [[nodiscard]] SinkAction on_head(int status, const std::vector<HttpHeader>& headers) override;
  [[nodiscard]] SinkAction on_body(std::string_view bytes) override;

  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] bool is_success() const noexcept { return status_ >= 200 && status_ < 300; }
  [[nodiscard]] const std::vector<HttpHeader>& headers() const noexcept { return headers_; }
  /// The first value of a header; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::string& body() noexcept { return body_; }

 private:
  const Limits& limits_;
  int status_ = 0;
  std::vector<HttpHeader> headers_;
  std::string body_;
};

}  // namespace chatopen::client
