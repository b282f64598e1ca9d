#pragma once

#include <chatopen/transport.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen {

/// An exchange whose reply the test delivers by hand. Cancelling it ends it on the cancelling thread.
class SteppedExchange {
 public:
  SteppedExchange(std::shared_ptr<const HttpRequest> sent, std::shared_ptr<ResponseSink> sink,
                  std::shared_ptr<ExchangeCompletion> completion)
      : request(std::move(sent)), sink_(std::move(sink)), completion_(std::move(completion)) {}

  SinkAction head(int status = 200, const std::vector<HttpHeader>& headers = {{"content-type", "text/event-stream"}}) {
    return sink_->on_head(status, headers);
  }
  SinkAction body(std::string_view bytes) { return sink_->on_body(bytes); }
  void complete() { end({.request_bytes_written = true, .body_end = BodyEnd::proven}); }
  void stopped() { end({.stopped = true, .request_bytes_written = true}); }
  void fail(TransportFailure failure, bool request_bytes_written) {
    end({.failure = failure, .request_bytes_written = request_bytes_written});
  }

  void cancel() {
    {
      const std::lock_guard lock(mutex_);
      if (completion_ == nullptr) return;
      ++cancels_;
    }
    fail(TransportFailure::cancelled, true);
  }
  void resume() {
    const std::lock_guard lock(mutex_);
    ++resumes_;
  }
  /// Cancellations before its end.
  [[nodiscard]] int cancels() const {
    const std::lock_guard lock(mutex_);
    return cancels_;
  }
  [[nodiscard]] int resumes() const {
    const std::lock_guard lock(mutex_);
    return resumes_;
  }

  const std::shared_ptr<const HttpRequest> request;

 private:
  void end(TransportOutcome outcome) {
    std::shared_ptr<ExchangeCompletion> completion;
    {
      const std::lock_guard lock(mutex_);
      completion = std::exchange(completion_, nullptr);
    }
    if (completion != nullptr) completion->on_complete(std::move(outcome));
  }

  mutable std::mutex mutex_;
  std::shared_ptr<ResponseSink> sink_;
  std::shared_ptr<ExchangeCompletion> completion_;
  int cancels_ = 0;
  int resumes_ = 0;
};

/// Starts exchanges that only the test moves on.
class SteppedTransport final : public Transport {
 public:
  TransportOutcome perform(const HttpRequest&, ResponseSink&, const CancelToken&) override {
    return {.failure = TransportFailure::settings, .message = "started exchanges only"};
  }
  std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request, std::shared_ptr<ResponseSink> sink,
                                  std::shared_ptr<ExchangeCompletion> completion) override {
    auto exchange = std::make_shared<SteppedExchange>(std::move(request), std::move(sink), std::move(completion));
    {
      const std::lock_guard lock(mutex_);
      exchanges_.push_back(exchange);
    }
    return std::make_unique<Handle>(std::move(exchange));
  }

  [[nodiscard]] std::size_t started() const {
    const std::lock_guard lock(mutex_);
    return exchanges_.size();
  }
  [[nodiscard]] SteppedExchange& exchange(std::size_t index = 0) const {
    const std::lock_guard lock(mutex_);
    return *exchanges_.at(index);
  }

 private:
  class Handle final : public Exchange {
   public:
    explicit Handle(std::shared_ptr<SteppedExchange> exchange) : exchange_(std::move(exchange)) {}
    void cancel() noexcept override { exchange_->cancel(); }
    void resume() noexcept override { exchange_->resume(); }

   private:
    std::shared_ptr<SteppedExchange> exchange_;
  };

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<SteppedExchange>> exchanges_;
};

/// A transport that only implements `perform`, as the test says.
class PerformOnlyTransport final : public Transport {
 public:
  using Perform = std::function<TransportOutcome(const HttpRequest&, ResponseSink&, const CancelToken&)>;
  explicit PerformOnlyTransport(Perform perform) : perform_(std::move(perform)) {}
  TransportOutcome perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) override {
    return perform_(request, sink, cancel);
  }

 private:
  Perform perform_;
};

}  // namespace chatopen
