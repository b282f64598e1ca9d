// concurrent_floor <port> <streams> <events> <pace ms>: what many slow streams of stream_server at once cost without
// the SDK: one thread with epoll and curl_multi_socket_action, bare libcurl handles, and nlohmann-json for every event.

#include "bare_stream.hpp"
#include "process.hpp"
#include "stream_costs.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace chatopen;
using Clock = std::chrono::steady_clock;
using Stream = bench::BareStream<bench::NlohmannReader>;

class Floor {
 public:
  Floor() {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &watch);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &set_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  }

  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor() {
    curl_multi_cleanup(multi_);
    close(epoll_);
  }

  void add(const Stream& stream) { curl_multi_add_handle(multi_, stream.handle()); }

  /// Until something happened. Calls `on_end` with each stream that ended.
  template <typename OnEnd>
  void run_once(OnEnd on_end) {
    const int count = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), milliseconds_to_wait());
    int running = 0;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                       ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi_, event.data.fd, what, &running);
    }
    if (timer_ && *timer_ <= Clock::now()) {
      timer_.reset();
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    int left = 0;
    while (CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const handle = message->easy_handle;
      Stream* stream = nullptr;
      curl_easy_getinfo(handle, CURLINFO_PRIVATE, &stream);
      const CURLcode result = message->data.result;
      curl_multi_remove_handle(multi_, handle);
      on_end(*stream, result);
    }
  }

 private:
  static int watch(CURL*, curl_socket_t socket, int what, void* floor, void* known) {
    auto& self = *static_cast<Floor*>(floor);
    const bool remove = what == CURL_POLL_REMOVE;
    epoll_event event{};
    event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    event.data.fd = socket;
    const int change = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    epoll_ctl(self.epoll_, remove ? EPOLL_CTL_DEL : change, socket, &event);
    curl_multi_assign(self.multi_, socket, remove ? nullptr : floor);
    return 0;
  }

  static int set_timer(CURLM*, long milliseconds, void* floor) {
    auto& timer = static_cast<Floor*>(floor)->timer_;
    timer.reset();
    if (milliseconds >= 0) timer = Clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
  }

  int milliseconds_to_wait() const {
    if (!timer_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*timer_ - Clock::now()).count();
    return static_cast<int>(std::max<decltype(left)>(left, 0));
  }

  CURLM* const multi_ = curl_multi_init();
  const int epoll_ = epoll_create1(0);
  std::array<epoll_event, 1024> events_{};
  std::optional<Clock::time_point> timer_;
};

}  // namespace

int main(int argc, char** argv) {
  const int streams = argc == 5 ? std::atoi(argv[2]) : 0;
  const long events = argc == 5 ? std::atol(argv[3]) : 0;
  if (streams <= 0 || events <= 0) {
    std::fprintf(stderr, "usage: concurrent_floor <port> <streams> <events> <pace ms>\n");
    return 2;
  }
  const std::string url = std::string("http://127.0.0.1:") + argv[1] + "/slow/" + argv[3] + "/" + argv[4];
  bench::raise_open_files();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  curl_slist* const headers = bench::bare_headers();
  std::optional<Floor> floor;
  floor.emplace();
  bench::StreamCosts costs;
  std::vector<std::unique_ptr<Stream>> all;
  for (int i = 0; i < streams; ++i) {
    all.push_back(std::make_unique<Stream>(url, headers));
    floor->add(*all.back());
  }
  int ended = 0;
  int finished = 0;
  while (ended < streams) {
    floor->run_once([&](const Stream& stream, CURLcode result) {
      if (ended++ == 0) costs.count_threads();
      if (result == CURLE_OK && stream.whole(events)) ++finished;
    });
  }
  all.clear();
  floor.reset();
  costs.print(streams, finished);
  return 0;
}
