#pragma once

#include "transport/curl_async.hpp"
#include "transport/curl_handle.hpp"
#include "transport/curl_loop.hpp"
#include "transport/curl_options.hpp"

#include <chatopen/transport.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace chatopen::transport {

class CurlTransfer;

/// All started exchanges of one transport, on one multi. A thread drives it, its own or that of who polls; everything
/// that libcurl does, and every sink and completion, runs there.
class CurlEngine final : public CurlAsync, public std::enable_shared_from_this<CurlEngine> {
 public:
  /// Null when the system refuses descriptors or memory.
  [[nodiscard]] static std::shared_ptr<CurlAsync> create(std::shared_ptr<const CurlSettings> settings);
  ~CurlEngine() override;
  CurlEngine(const CurlEngine&) = delete;
  CurlEngine& operator=(const CurlEngine&) = delete;

  [[nodiscard]] std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion) override;
  bool poll(std::chrono::milliseconds budget) override;
  void stop() noexcept override;

 private:
  friend class CurlTransfer;
  using Overdue = std::multimap<Clock::TimePoint, CurlTransfer*>;

  explicit CurlEngine(std::shared_ptr<const CurlSettings> settings) noexcept;
  [[nodiscard]] bool set_up();
  [[nodiscard]] bool ensure_thread();
  void run() noexcept;
  void end_all();
  void post(std::shared_ptr<CurlTransfer> transfer);

  void iterate(Clock::TimePoint until);
  void take_posted();
  void begin(const std::shared_ptr<CurlTransfer>& transfer);
  void end_overdue(Clock::TimePoint time);
  void complete_finished();
  void read_messages();
  void end(CurlTransfer& transfer, CURLcode code);
  void arm(CurlTransfer& transfer);

  [[nodiscard]] CurlHandle take_handle(bool used);
  [[nodiscard]] std::shared_ptr<CURLU> parse(const std::string& url);

  std::shared_ptr<const CurlSettings> settings_;
  std::unique_ptr<CURLM, MultiCleanup> multi_;
  std::unique_ptr<CurlLoop> loop_;

  std::mutex mutex_;
  std::vector<std::shared_ptr<CurlTransfer>> posted_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> driven_ = false;
  std::atomic<std::thread::id> driver_ = {};

  // Only for whoever drives.
  std::vector<std::shared_ptr<CurlTransfer>> taken_;
  std::vector<std::shared_ptr<CurlTransfer>> running_;
  std::vector<CurlTransfer*> finished_;
  Overdue overdue_;
  // The heap becomes accessible for twice as many transfers as soon as so many run.
  std::size_t next_heap_step_ = 32;
  // Since when every socket that is ready has not been served yet, and how many may have been meanwhile.
  Clock::TimePoint round_began_;
  std::size_t round_served_ = 0;
  // Whether anything ended since the last wait began.
  bool ended_any_ = false;
  std::vector<CurlHandle> idle_handles_;
  // The last URL, parsed: calls of a client repeat a few. Never changed, since transfers share it.
  std::shared_ptr<CURLU> parsed_url_;
  std::string url_;
};

}  // namespace chatopen::transport
