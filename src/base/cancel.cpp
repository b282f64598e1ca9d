#include "base/cancel_state.hpp"

#include <utility>

namespace chatopen {
namespace detail {

void CancelState::cancel() noexcept {
  std::unique_lock lock(mutex_);
  if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
  runner_ = std::this_thread::get_id();
  // The lock is released around each function, so that one may take locks that are held around a registration.
  while (first_ != nullptr) {
    running_ = std::exchange(first_, first_->next_);
    if (first_ != nullptr) first_->previous_ = nullptr;
    running_->next_ = nullptr;
    const auto function = running_->on_cancel_;
    void* const context = running_->context_;
    lock.unlock();
    function(context);
    lock.lock();
    running_ = nullptr;
    finished_.notify_all();
  }
}

void CancelState::add(CancelCallback& callback) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!cancelled()) {
      callback.next_ = first_;
      if (first_ != nullptr) first_->previous_ = &callback;
      first_ = &callback;
      return;
    }
  }
  callback.on_cancel_(callback.context_);
}

void CancelState::remove(CancelCallback& callback) noexcept {
  std::unique_lock lock(mutex_);
  // Removed from within its own function, it is not waited for.
  finished_.wait(lock, [&] { return running_ != &callback || runner_ == std::this_thread::get_id(); });
  if (callback.previous_ != nullptr) callback.previous_->next_ = callback.next_;
  if (callback.next_ != nullptr) callback.next_->previous_ = callback.previous_;
  if (first_ == &callback) first_ = callback.next_;
}

}  // namespace detail

CancelToken::CancelToken(const CancelToken&) noexcept = default;
CancelToken::CancelToken(CancelToken&&) noexcept = default;
CancelToken& CancelToken::operator=(const CancelToken&) noexcept = default;
CancelToken& CancelToken::operator=(CancelToken&&) noexcept = default;
CancelToken::~CancelToken() = default;

bool CancelToken::cancelled() const noexcept {
  return state_ != nullptr && state_->cancelled();
}

CancelSource::CancelSource() : state_(std::make_shared<detail::CancelState>()) {}

void CancelSource::cancel() noexcept {
  state_->cancel();
}
bool CancelSource::cancelled() const noexcept {
  return state_->cancelled();
}

CancelToken CancelSource::token() const noexcept {
  CancelToken token;
  token.state_ = state_;
  return token;
}

CancelCallback::CancelCallback(const CancelToken& token, Function on_cancel, void* context)
    : state_(token.state_), on_cancel_(on_cancel), context_(context) {
  if (state_ != nullptr) state_->add(*this);
}

CancelCallback::~CancelCallback() {
  if (state_ != nullptr) state_->remove(*this);
}

}  // namespace chatopen
