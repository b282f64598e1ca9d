#include "transport/curl_loop.hpp"

#include "transport/curl_transfer.hpp"

#include <algorithm>
#include <chrono>

#if defined(__linux__) && !defined(CHATOPEN_PORTABLE_LOOP)
#define CHATOPEN_HAS_EPOLL 1
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <new>
#include <vector>
#else
#define CHATOPEN_HAS_EPOLL 0
#endif

namespace chatopen::transport {
namespace {

Clock::TimePoint now() noexcept {
  return std::chrono::steady_clock::now();
}

// Rounded up, so that what is waited for has come when the wait ends.
int milliseconds_until(Clock::TimePoint until) noexcept {
  constexpr std::chrono::milliseconds longest(std::chrono::hours(1));
  const auto from = now();
  if (until <= from) return 0;
  const auto left = std::min<Clock::Duration>(until - from, longest);
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
}

#if CHATOPEN_HAS_EPOLL

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

class EpollLoop final : public CurlLoop {
 public:
  explicit EpollLoop(CURLM* multi) noexcept : multi_(multi) {}

  ~EpollLoop() override {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
  }

  [[nodiscard]] bool set_up() noexcept {
    if (epoll_.number() < 0 || event_.number() < 0) return false;
    epoll_event readable{.events = EPOLLIN, .data = {.fd = event_.number()}};
    return epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, event_.number(), &readable) == 0 &&
           curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket) == CURLM_OK &&
           curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this) == CURLM_OK &&
           curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer) == CURLM_OK &&
           curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this) == CURLM_OK;
  }

  bool run_once(Clock::TimePoint until) override {
    std::array<epoll_event, batch> ready;
    const int count = epoll_wait(epoll_.number(), ready.data(), static_cast<int>(ready.size()),
                                 milliseconds_until(std::min(until, timer_at_)));
    for (int i = 0; i < count; ++i) act(ready[static_cast<std::size_t>(i)]);
    if (timer_at_ <= now()) {
      timer_at_ = Clock::TimePoint::max();
      int running = 0;
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    return count < static_cast<int>(ready.size());
  }

  void wake() noexcept override {
    constexpr std::uint64_t one = 1;
    // Fails only when the counter is at its maximum, which wakes as well.
    [[maybe_unused]] const auto written = write(event_.number(), &one, sizeof one);
  }

 private:
  void act(const epoll_event& event) noexcept {
    if (event.data.fd == event_.number()) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = read(event_.number(), &count, sizeof count);
      return;
    }
    const unsigned flags = ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 ? CURL_CSELECT_IN : 0U) |
                           ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0U) |
                           ((event.events & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0U);
    if (const auto index = static_cast<std::size_t>(event.data.fd); index < footprints_.size()) {
      footprints_[index].prefetch();
    }
    int running = 0;
    curl_multi_socket_action(multi_, event.data.fd, static_cast<int>(flags), &running);
  }

  // `watched` is what libcurl remembers with the socket: not null once epoll knows it.
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watched) noexcept {
    auto& loop = *static_cast<EpollLoop*>(self);
    loop.note_footprint(easy, socket);
    if (what == CURL_POLL_REMOVE) {
      // No effect when libcurl (7.88) has closed it already, which took it out of epoll.
      if (watched != nullptr) epoll_ctl(loop.epoll_.number(), EPOLL_CTL_DEL, socket, nullptr);
      return 0;
    }
    const std::uint32_t wanted = ((what & CURL_POLL_IN) != 0 ? std::uint32_t{EPOLLIN} : 0U) |
                                 ((what & CURL_POLL_OUT) != 0 ? std::uint32_t{EPOLLOUT} : 0U);
    epoll_event event{.events = wanted, .data = {.fd = socket}};
    const int operation = watched != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(loop.epoll_.number(), operation, socket, &event) != 0) return -1;
    if (watched == nullptr) curl_multi_assign(loop.multi_, socket, self);
    return 0;
  }

  void note_footprint(CURL* easy, curl_socket_t socket) noexcept {
    CurlTransfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    const auto index = static_cast<std::size_t>(socket);
    try {
      if (index >= footprints_.size()) footprints_.resize(index + 1);
      footprints_[index] = transfer != nullptr ? CurlFootprint(*transfer) : CurlFootprint();
    } catch (const std::bad_alloc&) {
      // It only makes the work faster.
    }
  }

  static int on_timer(CURLM*, long milliseconds, void* self) noexcept {
    static_cast<EpollLoop*>(self)->timer_at_ =
        milliseconds < 0 ? Clock::TimePoint::max() : now() + std::chrono::milliseconds(milliseconds);
    return 0;
  }

  CURLM* multi_;
  Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  Descriptor event_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  Clock::TimePoint timer_at_ = Clock::TimePoint::max();
  // By descriptor; the last transfer that libcurl named with it.
  std::vector<CurlFootprint> footprints_;
};

#else

class PollLoop final : public CurlLoop {
 public:
  explicit PollLoop(CURLM* multi) noexcept : multi_(multi) {}

  // Out of descriptors, libcurl makes a multi that cannot be woken. The wait takes the wake-up that finds out back.
  [[nodiscard]] bool set_up() noexcept {
    return curl_multi_wakeup(multi_) == CURLM_OK && curl_multi_poll(multi_, nullptr, 0, 0, nullptr) == CURLM_OK;
  }

  bool run_once(Clock::TimePoint until) override {
    int running = 0;
    // Does not wait when libcurl has something to do, such as to begin.
    curl_multi_poll(multi_, nullptr, 0, milliseconds_until(until), nullptr);
    curl_multi_perform(multi_, &running);
    return true;
  }

  void wake() noexcept override { curl_multi_wakeup(multi_); }

 private:
  CURLM* multi_;
};

#endif

}  // namespace

CurlLoop::~CurlLoop() = default;

std::unique_ptr<CurlLoop> CurlLoop::create(CURLM* multi) {
#if CHATOPEN_HAS_EPOLL
  auto loop = std::make_unique<EpollLoop>(multi);
#else
  auto loop = std::make_unique<PollLoop>(multi);
#endif
  if (!loop->set_up()) return nullptr;
  return loop;
}

}  // namespace chatopen::transport
