#pragma once

#include "transport/curl_exchange.hpp"
#include "transport/curl_handle.hpp"
#include "transport/curl_set_up.hpp"

#include <chatopen/transport.hpp>

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen::transport {

/// One started exchange of an engine. Forwards the reply, and notes what the engine must act on once libcurl has
/// returned.
class CurlTransfer final : public ResponseSink {
 public:
  CurlTransfer(std::shared_ptr<const HttpRequest> what, std::shared_ptr<ResponseSink> receiver,
               std::shared_ptr<ExchangeCompletion> done, std::vector<CurlTransfer*>& finished) noexcept
      : request(std::move(what)), sink(std::move(receiver)), completion(std::move(done)), finished_(finished) {}

  [[nodiscard]] SinkAction on_head(int status, const std::vector<HttpHeader>& headers) override;
  [[nodiscard]] SinkAction on_body(std::string_view bytes) override;
  /// Reports the end, and lets everything of the caller's go.
  void complete(TransportOutcome outcome);

  /// What other threads ask for; the engine looks once the transfer was posted.
  std::atomic<bool> cancel_wanted = false;
  std::atomic<bool> resume_wanted = false;

  // Only for whoever drives the engine.
  std::shared_ptr<const HttpRequest> request;
  std::shared_ptr<ResponseSink> sink;
  std::shared_ptr<ExchangeCompletion> completion;
  std::optional<CurlExchange> exchange;
  std::optional<UrlTarget> target;
  bool is_stream = false;
  /// As `handle` reads it; null when libcurl is to parse it.
  std::shared_ptr<CURLU> parsed_url;
  CurlHandle handle;
  std::optional<CurlHeaders> headers;
  /// Its place among the running ones; empty before it began and after it ended.
  std::optional<std::size_t> index;
  std::multimap<Clock::TimePoint, CurlTransfer*>::iterator overdue;

 private:
  SinkAction note(SinkAction action);

  std::vector<CurlTransfer*>& finished_;
};

/// Where a transfer and its sink lie. With many transfers none of it is in the processor's cache when a piece of a
/// reply arrives, and fetching it ahead takes as long as the system needs to read the piece.
class CurlFootprint {
 public:
  CurlFootprint() = default;
  explicit CurlFootprint(const CurlTransfer& transfer) noexcept : transfer_(&transfer), sink_(transfer.sink.get()) {}

  /// Reads none of it, so the transfer may be gone.
  void prefetch() const noexcept;

 private:
  const void* transfer_ = nullptr;
  const void* sink_ = nullptr;
};

}  // namespace chatopen::transport
