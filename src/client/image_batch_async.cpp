#include <chatopen/client.hpp>

#include "client/async_core.hpp"
#include "client/callback_scope.hpp"
#include "client/client_impl.hpp"
#include "client/ended_call.hpp"
#include "client/failed_attempt.hpp"
#include "client/image_call.hpp"
#include "client/pending_call.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace chatopen {
namespace client {
namespace {

using Results = std::vector<Result<ImageReply>>;

/// Several orders, whose results go to one `Pending`. Whichever thread ends one of them tells of that and places the
/// next, or leaves both to the thread that is telling just now.
class ImageBatch final : public detail::PendingState<Results>, public std::enable_shared_from_this<ImageBatch> {
 public:
  ImageBatch(std::shared_ptr<Core> core, std::vector<ImageRequest> requests, std::size_t max_concurrent,
             CallOptions options, std::unique_ptr<detail::OwnedImageProgress> on_progress)
      : PendingState(core),
        core_(std::move(core)),
        requests_(std::move(requests)),
        max_concurrent_(max_concurrent),
        options_(std::move(options)),
        on_progress_(std::move(on_progress)),
        in_flight_(requests_.size()),
        results_(requests_.size(), Result<ImageReply>(Error())) {
    ended_.reserve(requests_.size());
  }

  /// Once, after construction.
  void start() {
    std::unique_lock lock(mutex());
    go_on(lock);
  }
  void cancel_call() noexcept override;

 private:
  class Order;

  void on_order_ended(std::size_t index, std::optional<Result<ImageReply>> result, std::exception_ptr exception);
  void go_on(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool may_place() const noexcept {
    return exception_ == nullptr && next_ < requests_.size() && next_ - ended_.size() < max_concurrent_;
  }
  void place(std::size_t index);
  void tell(const ImageProgress& progress);
  void fail(std::exception_ptr exception) noexcept;
  void finish();

  // Whose order this thread is placing.
  static thread_local const ImageBatch* placing;

  std::shared_ptr<Core> core_;
  std::vector<ImageRequest> requests_;
  const std::size_t max_concurrent_;
  const CallOptions options_;
  std::unique_ptr<detail::OwnedImageProgress> on_progress_;
  std::atomic<bool> cancelled_ = false;

  // From here on, guarded by the mutex of the state.
  std::vector<std::shared_ptr<Waitable>> in_flight_;
  Results results_;
  std::vector<std::size_t> ended_;
  std::size_t told_ = 0;
  std::size_t next_ = 0;
  bool telling_ = false;
  std::exception_ptr exception_;
  bool finished_ = false;
};

thread_local const ImageBatch* ImageBatch::placing = nullptr;

/// Takes one result over.
class ImageBatch::Order final : public detail::Successor<ImageReply> {
 public:
  Order(std::shared_ptr<ImageBatch> batch, std::size_t index) noexcept : batch_(std::move(batch)), index_(index) {}
  void take_over(std::optional<Result<ImageReply>> result, std::exception_ptr exception) override {
    batch_->on_order_ended(index_, std::move(result), std::move(exception));
  }

 private:
  std::shared_ptr<ImageBatch> batch_;
  std::size_t index_;
};

void ImageBatch::on_order_ended(std::size_t index, std::optional<Result<ImageReply>> result,
                                std::exception_ptr exception) {
  if (exception != nullptr) fail(std::move(exception));
  std::unique_lock lock(mutex());
  in_flight_[index].reset();
  if (result) results_[index] = *std::move(result);
  ended_.push_back(index);
  // Many that are refused one after the other must not nest: the function that places them goes on.
  if (placing != this) go_on(lock);
}

void ImageBatch::go_on(std::unique_lock<std::mutex>& lock) {
  while (!finished_ && !telling_) {
    if (told_ < ended_.size()) {
      const std::size_t index = ended_[told_++];
      const ImageProgress progress{
          .finished = told_, .total = results_.size(), .index = index, .result = std::as_const(results_[index])};
      if (on_progress_ == nullptr || exception_ != nullptr) continue;
      telling_ = true;
      lock.unlock();
      tell(progress);
      // It may have forked, and nothing is ordered in the child.
      if (belongs_to_parent_process()) return;
      lock.lock();
      telling_ = false;
    } else if (may_place()) {
      const std::size_t index = next_++;
      lock.unlock();
      place(index);
      lock.lock();
    } else {
      if (next_ != ended_.size()) return;
      finished_ = true;
      lock.unlock();
      return finish();
    }
  }
}

void ImageBatch::place(std::size_t index) {
  const ImageBatch* const outer = std::exchange(placing, this);
  std::shared_ptr<PendingCall<ImageReply, ImageReceiver>> call;
  try {
    const ImageRequest request = std::move(requests_[index]);
    if (cancelled_) {
      on_order_ended(index, cancelled_by_caller(), nullptr);
    } else if (auto prepared = prepare_image(*core_, request, options_); !prepared) {
      on_order_ended(index, std::move(prepared).error(), nullptr);
    } else {
      auto order = std::make_unique<Order>(shared_from_this(), index);
      call = std::make_shared<PendingCall<ImageReply, ImageReceiver>>(core_, *std::move(prepared));
      {
        const std::lock_guard lock(mutex());
        in_flight_[index] = call;
      }
      // Before the start, so that an end on another thread is told there.
      call->continue_with(std::move(order));
      call->start();
      if (cancelled_) call->cancel();
    }
  } catch (...) {
    if (call == nullptr) {
      on_order_ended(index, std::nullopt, std::current_exception());
    } else {
      fail(std::current_exception());
      call->abandon();
    }
  }
  placing = outer;
}

void ImageBatch::tell(const ImageProgress& progress) {
  try {
    const CallbackScope scope(core_->transport());
    on_progress_->run(progress);
  } catch (...) {
    fail(std::current_exception());
  }
}

void ImageBatch::fail(std::exception_ptr exception) noexcept {
  {
    const std::lock_guard lock(mutex());
    if (exception_ == nullptr) exception_ = std::move(exception);
  }
  cancel_call();
}

// What the call holds is let go before anybody is told that it is over.
void ImageBatch::finish() {
  on_progress_.reset();
  core_.reset();
  requests_.clear();
  if (exception_ != nullptr) return set(std::nullopt, std::move(exception_));
  set(std::move(results_), nullptr);
}

void ImageBatch::cancel_call() noexcept {
  if (belongs_to_parent_process()) return;
  cancelled_ = true;
  for (std::size_t i = 0; i < in_flight_.size(); ++i) {
    std::shared_ptr<Waitable> order;
    {
      const std::lock_guard lock(mutex());
      order = in_flight_[i];
    }
    if (order != nullptr) order->cancel_call();
  }
}

}  // namespace
}  // namespace client

Pending<std::vector<Result<ImageReply>>> ChatClient::generate_images_async(const std::vector<ImageRequest>& requests,
                                                                           const ImagesOptions& images,
                                                                           const CallOptions& options) const {
  return start_images(requests, images, options, nullptr);
}

Pending<std::vector<Result<ImageReply>>> ChatClient::start_images(
    const std::vector<ImageRequest>& requests, const ImagesOptions& images, const CallOptions& options,
    std::unique_ptr<detail::OwnedImageProgress> on_progress) const {
  using client::Results;
  const std::shared_ptr<client::Core> core = impl_->core;
  client::AsyncCore::to_start(*core);
  Error fault;
  if (client::refuses(images, fault)) {
    return client::ended<Results>(core, Results(requests.size(), Result<ImageReply>(fault)));
  }
  const auto batch = std::make_shared<client::ImageBatch>(
      core, requests, static_cast<std::size_t>(images.max_concurrent), options, std::move(on_progress));
  batch->start();
  return Pending<Results>(batch);
}

}  // namespace chatopen
