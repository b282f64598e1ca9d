#include "transport/curl_engine.hpp"

#include "base/ascii.hpp"
#include "transport/curl_transfer.hpp"
#include "transport/url.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#define CHATOPEN_HAS_DESCRIPTOR_LIMIT 1
#else
#define CHATOPEN_HAS_DESCRIPTOR_LIMIT 0
#endif
#if __has_include(<signal.h>) && __has_include(<pthread.h>)
#include <pthread.h>
#include <signal.h>
#define CHATOPEN_HAS_SIGNALS 1
#else
#define CHATOPEN_HAS_SIGNALS 0
#endif

namespace chatopen::transport {
namespace {

Clock::TimePoint now() noexcept {
  return std::chrono::steady_clock::now();
}

// Ten thousand streams receive little at a time each, and their buffers are the largest part of what they need. A
// handle keeps its buffer when it is reset, and forgets its size (libcurl 7.88 then writes beyond it), so those of
// streams are used once.
constexpr long stream_buffer_size = 1024;

// What a stream needs on the heap of the thread that drives it, roughly.
constexpr std::size_t stream_bytes = std::size_t{24} * 1024;

// glibc makes the heap of any thread but the first accessible page by page, with a system call for each; what once was
// stays so. Of the memory that this gives back at once, only a page of each block was ever touched.
void make_heap_accessible(std::size_t bytes) {
#ifdef __GLIBC__
  // Larger ones would not come from the heap.
  constexpr std::size_t block = std::size_t{96} * 1024;
  std::vector<std::unique_ptr<char[]>> blocks(bytes / block);
  for (auto& each : blocks) each.reset(new (std::nothrow) char[block]);
#else
  static_cast<void>(bytes);
#endif
}

bool asks_for_stream(const HttpRequest& request) noexcept {
  for (const HttpHeader& header : request.headers) {
    if (base::equal_ignoring_case(header.name, "accept")) return header.value.starts_with("text/event-stream");
  }
  return false;
}

TransportOutcome failed(TransportFailure failure, std::string_view message) {
  return {.failure = failure, .message = std::string(message)};
}

// What other parts of the program need descriptors for is not known; a quarter is left to them.
std::size_t max_connections(const CurlOptions& options) noexcept {
  if (options.max_connections != 0) return options.max_connections;
#if CHATOPEN_HAS_DESCRIPTOR_LIMIT
  rlimit limit{};
  constexpr rlim_t most = 1'000'000;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) return static_cast<std::size_t>(std::min(limit.rlim_cur, most) / 4 * 3);
#endif
  return 0;
}

class EngineExchange final : public Exchange {
 public:
  using Post = void (CurlEngine::*)(std::shared_ptr<CurlTransfer>);
  EngineExchange(std::weak_ptr<CurlEngine> engine, std::shared_ptr<CurlTransfer> transfer, Post post) noexcept
      : engine_(std::move(engine)), transfer_(std::move(transfer)), post_(post) {}

  void cancel() noexcept override { want(transfer_->cancel_wanted); }
  void resume() noexcept override { want(transfer_->resume_wanted); }

 private:
  void want(std::atomic<bool>& what) noexcept {
    if (what.exchange(true, std::memory_order_acq_rel)) return;
    if (const auto engine = engine_.lock()) ((*engine).*post_)(transfer_);
  }

  std::weak_ptr<CurlEngine> engine_;
  std::shared_ptr<CurlTransfer> transfer_;
  Post post_;
};

// The program's signals are not for a thread that it did not start.
class SignalsBlocked {
 public:
#if CHATOPEN_HAS_SIGNALS
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
#endif
};

}  // namespace

SinkAction CurlTransfer::on_head(int status, const std::vector<HttpHeader>& reply_headers) {
  // Such a server often closes the connection a little later; see CurlExchange::leaves_connection_usable.
  if (status == 413) curl_easy_setopt(handle.easy.get(), CURLOPT_FORBID_REUSE, 1L);
  // They were sent, and are not sent again.
  curl_easy_setopt(handle.easy.get(), CURLOPT_HTTPHEADER, nullptr);
  headers.reset();
  return note(sink->on_head(status, reply_headers));
}

SinkAction CurlTransfer::on_body(std::string_view bytes) {
  return note(sink->on_body(bytes));
}

SinkAction CurlTransfer::note(SinkAction action) {
  if (action == SinkAction::finish) finished_.push_back(this);
  return action;
}

void CurlTransfer::complete(TransportOutcome outcome) {
  const auto done = std::exchange(completion, nullptr);
  sink.reset();
  if (done != nullptr) done->on_complete(std::move(outcome));
}

void CurlFootprint::prefetch() const noexcept {
#ifdef __GNUC__
  constexpr std::size_t line = 64;
  // What a piece needs comes first in a transfer, and in the client's calls.
  for (std::size_t i = 0; i < 4; ++i) __builtin_prefetch(static_cast<const char*>(transfer_) + i * line);
  for (std::size_t i = 0; i < 17; ++i) __builtin_prefetch(static_cast<const char*>(sink_) + i * line);
#endif
}

CurlEngine::CurlEngine(std::shared_ptr<const CurlSettings> settings) noexcept : settings_(std::move(settings)) {}

CurlEngine::~CurlEngine() {
  end_all();
}

std::shared_ptr<CurlAsync> CurlEngine::create(std::shared_ptr<const CurlSettings> settings) {
  std::shared_ptr<CurlEngine> engine(new CurlEngine(std::move(settings)));
  return engine->set_up() ? engine : nullptr;
}

bool CurlEngine::set_up() {
  multi_.reset(curl_multi_init());
  if (multi_ == nullptr) return false;
  const CurlOptions& options = settings_->options;
  const auto set = [&](CURLMoption option, std::size_t value) {
    return curl_multi_setopt(multi_.get(), option, static_cast<long>(value)) == CURLM_OK;
  };
  // libcurl takes 0 connections to keep for no limit.
  if (!set(CURLMOPT_MAXCONNECTS, std::max<std::size_t>(options.max_idle_connections, 1)) ||
      !set(CURLMOPT_MAX_HOST_CONNECTIONS, options.max_connections_per_host) ||
      !set(CURLMOPT_MAX_TOTAL_CONNECTIONS, max_connections(options))) {
    return false;
  }
  loop_ = CurlLoop::create(multi_.get());
  return loop_ != nullptr;
}

bool CurlEngine::ensure_thread() {
  if (settings_->options.poll_driven) return true;
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return true;
  try {
    const SignalsBlocked blocked;
    // The thread keeps the engine until it ends, which may be after the transport, when a callback destroys that.
    thread_ = std::thread([self = shared_from_this()] { self->run(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

std::unique_ptr<Exchange> CurlEngine::start(std::shared_ptr<const HttpRequest> request,
                                            std::shared_ptr<ResponseSink> sink,
                                            std::shared_ptr<ExchangeCompletion> completion) {
  auto transfer = std::make_shared<CurlTransfer>(std::move(request), std::move(sink), std::move(completion), finished_);
  auto exchange = std::make_unique<EngineExchange>(weak_from_this(), transfer, &CurlEngine::post);
  if (ensure_thread()) {
    post(std::move(transfer));
  } else {
    transfer->complete(failed(TransportFailure::resource, "the system refused a thread"));
  }
  return exchange;
}

void CurlEngine::post(std::shared_ptr<CurlTransfer> transfer) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(transfer));
  }
  // The driver looks before it waits.
  if (first && driver_.load(std::memory_order_relaxed) != std::this_thread::get_id()) loop_->wake();
}

void CurlEngine::run() noexcept {
  driver_ = std::this_thread::get_id();
  while (!stopping_.load(std::memory_order_acquire)) iterate(Clock::TimePoint::max());
  end_all();
}

bool CurlEngine::poll(std::chrono::milliseconds budget) {
  if (driven_.exchange(true, std::memory_order_acquire)) return false;
  driver_ = std::this_thread::get_id();
  // Not so far in the future that the clock overflows.
  constexpr std::chrono::milliseconds longest(std::chrono::hours(24 * 365));
  iterate(now() + std::clamp(budget, std::chrono::milliseconds(0), longest));
  if (stopping_.load(std::memory_order_acquire)) end_all();
  driver_ = std::thread::id();
  driven_.store(false, std::memory_order_release);
  return true;
}

void CurlEngine::stop() noexcept {
  stopping_.store(true, std::memory_order_release);
  if (settings_->options.poll_driven) {
    // Who polls now will end everything afterwards.
    if (driven_.exchange(true, std::memory_order_acquire)) return;
    end_all();
    return;
  }
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    thread = std::move(thread_);
  }
  if (!thread.joinable()) return;
  if (thread.get_id() == std::this_thread::get_id()) {
    thread.detach();
  } else {
    loop_->wake();
    thread.join();
  }
}

void CurlEngine::end_all() {
  while (true) {
    std::vector<std::shared_ptr<CurlTransfer>> waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting.swap(posted_);
    }
    if (waiting.empty() && running_.empty()) return;
    for (const auto& transfer : waiting) {
      if (!transfer->index) transfer->complete(failed(TransportFailure::cancelled, {}));
    }
    while (!running_.empty()) {
      CurlTransfer& transfer = *running_.back();
      transfer.exchange->fail(TransportFailure::cancelled, {});
      end(transfer, CURLE_ABORTED_BY_CALLBACK);
    }
  }
}

void CurlEngine::iterate(Clock::TimePoint until) {
  ended_any_ = false;
  take_posted();
  // What completions have posted meanwhile is taken next time, without a wait; and who polls for what has just ended
  // does not want to wait for more.
  const bool more = [&] {
    const std::lock_guard lock(mutex_);
    return ended_any_ || !posted_.empty() || stopping_.load(std::memory_order_relaxed);
  }();
  const auto earliest = overdue_.empty() ? Clock::TimePoint::max() : overdue_.begin()->first;
  if (round_served_ == 0) round_began_ = now();
  const bool caught_up = loop_->run_once(more ? Clock::TimePoint::min() : std::min(until, earliest));
  complete_finished();
  read_messages();
  // A callback may have taken long. What has come meanwhile is no silence, so first every socket gets its turn.
  round_served_ = caught_up ? 0 : round_served_ + CurlLoop::batch;
  if (round_served_ >= running_.size()) round_served_ = 0;
  if (round_served_ == 0) end_overdue(round_began_);
}

void CurlEngine::take_posted() {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(posted_);
  }
  for (const auto& transfer : taken_) {
    if (transfer->completion != nullptr && !transfer->index) begin(transfer);
    // One whose caller is done is only read to its end.
    if (!transfer->index || transfer->completion == nullptr) continue;
    if (transfer->cancel_wanted.load(std::memory_order_acquire)) {
      transfer->exchange->fail(TransportFailure::cancelled, {});
      end(*transfer, CURLE_ABORTED_BY_CALLBACK);
    } else if (transfer->resume_wanted.exchange(false, std::memory_order_acq_rel)) {
      if (const CURLcode code = transfer->exchange->resume(); code != CURLE_OK) end(*transfer, code);
    }
  }
  taken_.clear();
}

void CurlEngine::begin(const std::shared_ptr<CurlTransfer>& transfer) {
  const HttpRequest& request = *transfer->request;
  const auto refuse = [&](TransportFailure failure, std::string_view message) {
    ended_any_ = true;
    transfer->complete(failed(failure, message));
  };
  if (transfer->cancel_wanted.load(std::memory_order_acquire)) return refuse(TransportFailure::cancelled, {});
  transfer->target = split_url(request.url);
  const std::string_view fault = transfer->target ? find_fault(request) : "the URL is not one that can be sent to";
  if (!fault.empty()) return refuse(TransportFailure::invalid_request, fault);

  const UrlTarget& target = *transfer->target;
  transfer->is_stream = asks_for_stream(request);
  transfer->handle = take_handle(!transfer->is_stream);
  CURL* const easy = transfer->handle.easy.get();
  if (easy == nullptr) return refuse(TransportFailure::resource, "the system refused memory");
  transfer->headers.emplace(request, *settings_);
  transfer->exchange.emplace(request, *transfer, now(),
                             CurlRoute{.cleartext = !target.https,
                                       .explicit_proxy = !settings_->options.proxy.empty() && !is_loopback(target.host),
                                       .host = target.host,
                                       .shared_multi = true});
  const CURLcode code =
      transport::set_up(transfer->handle, request, target, *settings_, *transfer->headers, *transfer->exchange);
  if (code == CURLE_URL_MALFORMAT) {
    return refuse(TransportFailure::invalid_request, "the URL is not one that can be sent to");
  }
  transfer->parsed_url = parse(request.url);
  if (transfer->parsed_url != nullptr) curl_easy_setopt(easy, CURLOPT_CURLU, transfer->parsed_url.get());
  if (transfer->is_stream) curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, stream_buffer_size);
  // Calls to a server that may speak HTTP/2 share its connection rather than open one each before that is known.
  if (target.https) curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
  if (code != CURLE_OK || curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) {
    return refuse(TransportFailure::resource, "libcurl could not be set up");
  }
  transfer->index = running_.size();
  running_.push_back(transfer);
  if (running_.size() == next_heap_step_) {
    next_heap_step_ *= 2;
    make_heap_accessible(next_heap_step_ * stream_bytes);
  }
  transfer->overdue = overdue_.end();
  arm(*transfer);
}

CurlHandle CurlEngine::take_handle(bool used) {
  CurlHandle handle;
  if (!used || idle_handles_.empty()) {
    handle.easy.reset(curl_easy_init());
  } else {
    handle = std::move(idle_handles_.back());
    idle_handles_.pop_back();
  }
  return handle;
}

// Null when libcurl cannot.
std::shared_ptr<CURLU> CurlEngine::parse(const std::string& url) {
  if (parsed_url_ == nullptr || url_ != url) {
    parsed_url_.reset(curl_url(), UrlCleanup{});
    url_ = url;
    if (curl_url_set(parsed_url_.get(), CURLUPART_URL, url.c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) parsed_url_.reset();
  }
  return parsed_url_;
}

// When the transfer must be looked at again. Every deadline that its progress may set later is a limit of its own from
// then on, so it cannot be earlier than the shortest of them from now on.
void CurlEngine::arm(CurlTransfer& transfer) {
  const Timeouts& timeouts = transfer.request->timeouts;
  Clock::TimePoint at = transfer.exchange->deadline().at;
  for (const auto& limit : {timeouts.connect, timeouts.first_byte, timeouts.idle}) {
    if (limit && limit->count() > 0 && *limit < std::chrono::hours(24)) at = std::min(at, now() + *limit);
  }
  if (transfer.overdue == overdue_.end()) {
    transfer.overdue = overdue_.emplace(at, &transfer);
  } else {
    auto node = overdue_.extract(transfer.overdue);
    node.key() = at;
    transfer.overdue = overdue_.insert(std::move(node));
  }
}

// What was due at that time.
void CurlEngine::end_overdue(Clock::TimePoint time) {
  while (!overdue_.empty() && overdue_.begin()->first <= time) {
    CurlTransfer& transfer = *overdue_.begin()->second;
    if (transfer.exchange->deadline().at <= time) {
      end(transfer, CURLE_OPERATION_TIMEDOUT);
    } else {
      arm(transfer);
    }
  }
}

// Their callers are done; what is left of the replies is read until a deadline of its own.
void CurlEngine::complete_finished() {
  for (std::size_t i = 0; i < finished_.size(); ++i) {
    CurlTransfer& transfer = *finished_[i];
    arm(transfer);
    transfer.complete({.stopped = true, .request_bytes_written = true});
  }
  finished_.clear();
}

void CurlEngine::read_messages() {
  int queued = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &queued)) {
    CurlTransfer* transfer = nullptr;
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    end(*transfer, code);
  }
}

void CurlEngine::end(CurlTransfer& transfer, CURLcode code) {
  curl_multi_remove_handle(multi_.get(), transfer.handle.easy.get());
  TransportOutcome outcome = transfer.exchange->finish(code, now());
  // One without a connection to use again is not worth its memory.
  if (transfer.is_stream || idle_handles_.size() >= settings_->options.max_idle_connections) {
    transfer.handle = {};
  } else {
    // So that idle handles hold neither secrets nor pointers to what is gone.
    curl_easy_reset(transfer.handle.easy.get());
    idle_handles_.push_back(std::move(transfer.handle));
  }

  overdue_.erase(transfer.overdue);
  if (transfer.exchange->is_finished()) std::erase(finished_, &transfer);
  const std::size_t index = *transfer.index;
  const std::shared_ptr<CurlTransfer> kept = std::move(running_[index]);
  if (index + 1 != running_.size()) {
    running_[index] = std::move(running_.back());
    running_[index]->index = index;
  }
  running_.pop_back();
  transfer.index.reset();
  ended_any_ = true;
  transfer.complete(std::move(outcome));
}

}  // namespace chatopen::transport
