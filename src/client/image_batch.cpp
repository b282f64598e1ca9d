#include <chatopen/client.hpp>

#include "base/refusal.hpp"
#include "client/callback_scope.hpp"
#include "client/client_impl.hpp"
#include "client/image_call.hpp"
#include "client/waitable.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace chatopen {
namespace {

/// Which requests have ended, for the thread that waits for them.
class EndedRequests final : public client::Waitable {
 public:
  EndedRequests(const std::shared_ptr<client::Core>& core, std::size_t total) : Waitable(core) {
    ended_.reserve(total);
  }

  using Waitable::belongs_to_parent_process;
  void cancel_call() noexcept override {}
  void add(std::size_t index) noexcept {
    const std::lock_guard lock(mutex());
    ended_.push_back(index);
    notify();
  }
  /// Waits for the next. Empty when none will come, for what `refused_wait` says.
  [[nodiscard]] std::optional<std::size_t> take() {
    if (!wait_until()) return std::nullopt;
    const std::lock_guard lock(mutex());
    return ended_[taken_++];
  }

 private:
  [[nodiscard]] bool is_there() const noexcept override { return taken_ < ended_.size(); }

  std::vector<std::size_t> ended_;
  std::size_t taken_ = 0;
};

/// The requests that were started; what has not ended when this goes, because something was thrown, is cancelled.
class StartedRequests {
 public:
  explicit StartedRequests(std::size_t total) : requests_(total) {}
  StartedRequests(const StartedRequests&) = delete;
  StartedRequests& operator=(const StartedRequests&) = delete;
  ~StartedRequests() {
    for (auto& request : requests_) {
      if (request) request->cancel();
    }
  }

  void add(std::size_t index, Pending<ImageReply> request, std::shared_ptr<EndedRequests> ended) {
    requests_[index].emplace(std::move(request)).when_ready([index, told = std::move(ended)] { told->add(index); });
  }
  [[nodiscard]] Result<ImageReply> take(std::size_t index) {
    Pending<ImageReply> request = *std::move(requests_[index]);
    requests_[index].reset();
    return std::move(request).get();
  }
  /// Gives every request that has no result this one.
  void refuse(const Error& error, std::size_t first_not_started, std::vector<Result<ImageReply>>& results) const {
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (i < first_not_started && !requests_[i]) continue;
      Error told = error;
      told.maybe_processed = i < first_not_started;
      results[i] = std::move(told);
    }
  }

 private:
  std::vector<std::optional<Pending<ImageReply>>> requests_;
};

}  // namespace

std::vector<Result<ImageReply>> ChatClient::generate_images(const std::vector<ImageRequest>& requests,
                                                            const ImagesOptions& images,
                                                            const CallOptions& options) const {
  return generate_images_with(requests, nullptr, images, options);
}

std::vector<Result<ImageReply>> ChatClient::generate_images_with(const std::vector<ImageRequest>& requests,
                                                                 const detail::ImageProgressCallback* on_progress,
                                                                 const ImagesOptions& images,
                                                                 const CallOptions& options) const {
  const std::size_t total = requests.size();
  // A copy: the progress callback may destroy this object.
  const ChatClient client = *this;
  const auto ended = std::make_shared<EndedRequests>(client.impl_->core, total);
  Error fault;
  if (!client::refuses(images, fault) && client::CallbackScope::is_inside(client.impl_->core->transport())) {
    base::refuse(fault, ErrorKind::invalid_argument,
                 {"the pictures would be waited for on the thread that brings them"},
                 {"inside a callback, use generate_images_async"});
  }
  std::vector<Result<ImageReply>> results(total, Result<ImageReply>(fault));
  if (!fault.message.empty()) return results;

  StartedRequests started(total);
  std::size_t next = 0;
  for (std::size_t finished = 0; finished < total; ++finished) {
    std::optional<std::size_t> index;
    // The progress callback may have forked.
    if (!ended->belongs_to_parent_process()) {
      for (; next < total && next - finished < static_cast<std::size_t>(images.max_concurrent); ++next) {
        started.add(next, client.generate_image_async(requests[next], options), ended);
      }
      index = ended->take();
    }
    if (!index) {
      started.refuse(ended->refused_wait(), next, results);
      break;
    }
    results[*index] = started.take(*index);
    if (on_progress == nullptr) continue;
    (*on_progress)({.finished = finished + 1, .total = total, .index = *index, .result = results[*index]});
  }
  return results;
}

}  // namespace chatopen
