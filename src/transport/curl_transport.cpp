#include <chatopen/curl_transport.hpp>

#include "base/per_process.hpp"
#include "transport/curl_async.hpp"
#include "transport/curl_global.hpp"
#include "transport/curl_options.hpp"
#include "transport/curl_pool.hpp"
#include "transport/curl_set_up.hpp"
#include "transport/curl_transport_maker.hpp"
#include "transport/default_transport.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <utility>

namespace chatopen {

using transport::CurlAsync;
using transport::CurlExchange;
using transport::CurlHeaders;
using transport::CurlPair;
using transport::Deadline;
using transport::UrlTarget;

namespace {

TransportOutcome failed(TransportFailure failure, std::string_view message) {
  return {.failure = failure, .message = std::string(message)};
}

Clock::TimePoint now() noexcept {
  return std::chrono::steady_clock::now();
}

void wake(void* multi) noexcept {
  curl_multi_wakeup(multi);
}

// For curl_multi_poll, rounded up so that the deadline has passed when the wait ends.
int milliseconds_until(Clock::TimePoint deadline, Clock::TimePoint from) noexcept {
  constexpr std::chrono::milliseconds longest(std::numeric_limits<int>::max());
  if (deadline == Clock::TimePoint::max()) return static_cast<int>(longest.count());
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - from);
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), longest).count());
}

// Runs the exchange until libcurl is done with it, or the exchange has failed.
CURLcode drive(CurlPair& pair, CurlExchange& exchange, const CancelToken& cancel) {
  CURLM* const multi = pair.multi.get();
  const CancelCallback on_cancel(cancel, &wake, multi);
  while (true) {
    int running = 0;
    if (curl_multi_perform(multi, &running) != CURLM_OK) break;
    if (running == 0) {
      int queued = 0;
      const CURLMsg* const message = curl_multi_info_read(multi, &queued);
      if (message == nullptr) break;
      return message->data.result;
    }
    if (cancel.cancelled()) {
      exchange.fail(TransportFailure::cancelled, {});
      return CURLE_ABORTED_BY_CALLBACK;
    }
    const Deadline due = exchange.deadline();
    const Clock::TimePoint from = now();
    if (due.at <= from) return CURLE_OPERATION_TIMEDOUT;
    if (curl_multi_poll(multi, nullptr, 0, milliseconds_until(due.at, from), nullptr) != CURLM_OK) break;
  }
  exchange.fail(TransportFailure::resource, "libcurl could not go on");
  return CURLE_OUT_OF_MEMORY;
}

// What the default transports of clients start exchanges with, once somebody may want that.
std::atomic<transport::MakeCurlAsync> make_default_async = nullptr;

class EndedExchange final : public Exchange {
 public:
  void cancel() noexcept override {}
  void resume() noexcept override {}
};

}  // namespace

struct CurlTransport::Impl {
  Impl(transport::CurlSettings checked, transport::MakeCurlAsync make)
      : make_async(make),
        settings(std::make_shared<const transport::CurlSettings>(std::move(checked))),
        pool(settings->options.max_idle_connections, settings->options.max_idle_age) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (const auto started = async(false)) started->stop();
  }

  // Null when there is none and none is wanted, or the system refuses one.
  [[nodiscard]] std::shared_ptr<CurlAsync> async(bool wanted) {
    Asynchronous& half = asynchronous.get();
    const std::lock_guard lock(half.mutex);
    if (half.engine == nullptr && wanted) {
      const transport::MakeCurlAsync make = make_async != nullptr ? make_async : make_default_async.load();
      if (make != nullptr) half.engine = make(settings);
    }
    return half.engine;
  }

  struct Asynchronous {
    std::mutex mutex;
    std::shared_ptr<CurlAsync> engine;
  };

  // Null in the default transport of a client.
  transport::MakeCurlAsync make_async;
  std::shared_ptr<const transport::CurlSettings> settings;
  transport::CurlPool pool;
  base::PerProcess<Asynchronous> asynchronous;
};

CurlTransport::CurlTransport(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
CurlTransport::~CurlTransport() = default;

Result<std::shared_ptr<CurlTransport>> transport::CurlTransportMaker::make(CurlOptions options, MakeCurlAsync make) {
  if (auto ready = initialise_curl(); !ready) return std::move(ready).error();
  auto checked = check_options(std::move(options));
  if (!checked) return std::move(checked).error();
  return std::shared_ptr<CurlTransport>(
      new CurlTransport(std::make_unique<CurlTransport::Impl>(*std::move(checked), make)));
}

void transport::CurlTransportMaker::set_default(MakeCurlAsync make) noexcept {
  make_default_async.store(make);
}

Result<std::shared_ptr<Transport>> transport::make_default_transport() {
  auto made = CurlTransportMaker::make({}, nullptr);
  if (!made) return std::move(made).error();
  return std::shared_ptr<Transport>(*std::move(made));
}

TransportOutcome CurlTransport::perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
  const Clock::TimePoint started = now();
  const std::optional<UrlTarget> target = transport::split_url(request.url);
  if (!target) return failed(TransportFailure::invalid_request, "the URL is not one that can be sent to");
  if (const std::string_view fault = transport::find_fault(request); !fault.empty()) {
    return failed(TransportFailure::invalid_request, fault);
  }
  if (cancel.cancelled()) return failed(TransportFailure::cancelled, {});

  std::unique_ptr<CurlPair> pair = impl_->pool.take(request.url);
  if (pair == nullptr) return failed(TransportFailure::resource, "the system refused memory or descriptors");
  CURL* const handle = pair->handle.easy.get();
  CURLM* const multi = pair->multi.get();

  CurlHeaders headers(request, *impl_->settings);
  CurlExchange exchange(
      request, sink, started,
      {.cleartext = !target->https,
       .explicit_proxy = !impl_->settings->options.proxy.empty() && !transport::is_loopback(target->host),
       .host = target->host});
  CURLcode code = transport::set_up(pair->handle, request, *target, *impl_->settings, headers, exchange);
  if (code == CURLE_OK && curl_multi_add_handle(multi, handle) == CURLM_OK) {
    code = drive(*pair, exchange, cancel);
    curl_multi_remove_handle(multi, handle);
  } else if (code == CURLE_URL_MALFORMAT) {
    exchange.fail(TransportFailure::invalid_request, "the URL is not one that can be sent to");
  } else {
    exchange.fail(TransportFailure::resource, "libcurl could not be set up");
  }

  const Clock::TimePoint ended = now();
  TransportOutcome outcome = exchange.finish(code, ended);
  if (exchange.exception() != nullptr) {
    pair.reset();
    std::rethrow_exception(exchange.exception());
  }
  if (!exchange.leaves_connection_usable(code)) {
    // What is left of a broken exchange must not reach the next one.
    pair.reset();
  } else {
    // Now rather than at the next use, so that idle handles hold neither secrets nor pointers into this frame.
    curl_easy_reset(handle);
    impl_->pool.put_back(std::move(pair), ended);
  }
  return outcome;
}

std::unique_ptr<Exchange> CurlTransport::start(std::shared_ptr<const HttpRequest> request,
                                               std::shared_ptr<ResponseSink> sink,
                                               std::shared_ptr<ExchangeCompletion> completion) {
  const std::shared_ptr<CurlAsync> engine = impl_->async(true);
  if (engine != nullptr) return engine->start(std::move(request), std::move(sink), std::move(completion));
  completion->on_complete(failed(TransportFailure::resource, "the system refused memory or descriptors"));
  return std::make_unique<EndedExchange>();
}

bool CurlTransport::poll_driven() const noexcept {
  return impl_->settings->options.poll_driven;
}

bool CurlTransport::poll(std::chrono::milliseconds budget) {
  if (!poll_driven()) return false;
  const std::shared_ptr<CurlAsync> engine = impl_->async(true);
  return engine != nullptr && engine->poll(budget);
}

}  // namespace chatopen
