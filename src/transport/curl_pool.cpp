#include "transport/curl_pool.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::transport {
namespace {

std::unique_ptr<CurlPair> make_pair() {
  auto pair = std::make_unique<CurlPair>();
  pair->multi.reset(curl_multi_init());
  pair->handle.easy.reset(curl_easy_init());
  if (pair->multi == nullptr || pair->handle.easy == nullptr) return nullptr;
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

bool CurlHandle::parse(const std::string& wanted) {
  if (parsed_url != nullptr && url == wanted) return true;
  parsed_url.reset(curl_url());
  url = wanted;
  if (curl_url_set(parsed_url.get(), CURLUPART_URL, wanted.c_str(), CURLU_PATH_AS_IS) == CURLUE_OK) return true;
  parsed_url.reset();
  return false;
}

std::unique_ptr<CurlPair> CurlPool::take(std::string_view url) {
  const std::string_view origin = origin_of(url);
  {
    Idle& kept = idle_.get();
    const std::lock_guard lock(kept.mutex);
    const auto found = std::find_if(kept.pairs.rbegin(), kept.pairs.rend(),
                                    [&](const auto& pair) { return origin_of(pair->handle.url) == origin; });
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
  Idle& kept = idle_.get();
  const std::lock_guard lock(kept.mutex);
  kept.pairs.push_back(std::move(pair));
  const auto is_expired = [&](const CurlPair& oldest) { return now - oldest.idle_since > max_age_; };
  while (!kept.pairs.empty() && (kept.pairs.size() > max_idle_ || is_expired(*kept.pairs.front()))) {
    expired.push_back(std::move(kept.pairs.front()));
    kept.pairs.erase(kept.pairs.begin());
  }
}

}  // namespace chatopen::transport
