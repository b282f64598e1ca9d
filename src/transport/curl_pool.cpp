#include "transport/curl_pool.hpp"

#include "transport/curl_global.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace chatopen::transport {
namespace {

std::unique_ptr<CurlPair> make_pair() {
  auto pair = std::make_unique<CurlPair>();
  pair->multi.reset(curl_multi_init());
  pair->easy.reset(curl_easy_init());
  if (pair->multi == nullptr || pair->easy == nullptr) return nullptr;
  // Out of descriptors, curl_multi_init succeeds with a multi that cannot be woken, so cancelling would not work.
  if (curl_multi_wakeup(pair->multi.get()) != CURLM_OK) return nullptr;
  if (curl_multi_setopt(pair->multi.get(), CURLMOPT_MAXCONNECTS, 1L) != CURLM_OK) return nullptr;
  return pair;
}

std::string_view origin_of(std::string_view url) noexcept {
  const std::size_t authority = url.find("://");
  if (authority == std::string_view::npos) return url;
  return url.substr(0, url.find('/', authority + 3));
}

}  // namespace

bool CurlPair::parse(const std::string& wanted) {
  if (parsed_url != nullptr && url == wanted) return true;
  parsed_url.reset(curl_url());
  url = wanted;
  if (curl_url_set(parsed_url.get(), CURLUPART_URL, wanted.c_str(), CURLU_PATH_AS_IS) == CURLUE_OK) return true;
  parsed_url.reset();
  return false;
}

struct CurlPool::Idle {
  unsigned generation = process_generation();
  std::mutex mutex;
  std::vector<std::unique_ptr<CurlPair>> pairs;
  Idle* next_inherited = nullptr;
};

// Closing a connection would say goodbye to the server in the parent's name, so what a child inherited is kept for
// ever, reachable for leak checkers.
void CurlPool::abandon(Idle& inherited) noexcept {
  static std::atomic<Idle*> first = nullptr;
  inherited.next_inherited = first.load(std::memory_order_relaxed);
  while (!first.compare_exchange_weak(inherited.next_inherited, &inherited)) {
  }
}

CurlPool::CurlPool(std::size_t max_idle, std::chrono::seconds max_age)
    : max_idle_(max_age.count() == 0 ? 0 : max_idle), max_age_(max_age), idle_(new Idle) {}

CurlPool::~CurlPool() {
  Idle* const idle = idle_.load(std::memory_order_acquire);
  if (idle->generation == process_generation()) {
    delete idle;
  } else {
    abandon(*idle);
  }
}

CurlPool::Idle& CurlPool::idle() {
  Idle* current = idle_.load(std::memory_order_acquire);
  if (current->generation == process_generation()) return *current;
  // The mutex may have been held by a thread that does not exist in this process, so it is replaced too.
  auto fresh = std::make_unique<Idle>();
  if (!idle_.compare_exchange_strong(current, fresh.get(), std::memory_order_acq_rel)) return *current;
  abandon(*current);
  return *fresh.release();
}

std::unique_ptr<CurlPair> CurlPool::take(std::string_view url) {
  const std::string_view origin = origin_of(url);
  {
    Idle& kept = idle();
    const std::lock_guard lock(kept.mutex);
    const auto found = std::find_if(kept.pairs.rbegin(), kept.pairs.rend(),
                                    [&](const auto& pair) { return origin_of(pair->url) == origin; });
    if (found != kept.pairs.rend()) {
      auto pair = std::move(*found);
      kept.pairs.erase(std::next(found).base());
      return pair;
    }
  }
  return make_pair();
}

void CurlPool::put_back(std::unique_ptr<CurlPair> pair, Clock::TimePoint now) {
  // Closed after the lock is released: that may take a system call or three each.
  std::vector<std::unique_ptr<CurlPair>> expired;
  pair->idle_since = now;
  Idle& kept = idle();
  const std::lock_guard lock(kept.mutex);
  kept.pairs.push_back(std::move(pair));
  const auto is_expired = [&](const CurlPair& oldest) { return now - oldest.idle_since > max_age_; };
  while (!kept.pairs.empty() && (kept.pairs.size() > max_idle_ || is_expired(*kept.pairs.front()))) {
    expired.push_back(std::move(kept.pairs.front()));
    kept.pairs.erase(kept.pairs.begin());
  }
}

}  // namespace chatopen::transport
