#include <chatopen/curl_transport.hpp>

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace {

constexpr int threads = 32;
std::atomic<int> creators_here = 0;
std::atomic<int> initialisations = 0;

}  // namespace

// The linker calls them so (--wrap). An initialisation lasts until all threads want theirs.
extern "C" CURLcode __real_curl_global_init(long flags);
extern "C" CURLcode __wrap_curl_global_init(long flags) {
  ++initialisations;
  while (creators_here < threads) std::this_thread::yield();
  return __real_curl_global_init(flags);
}

namespace chatopen {
namespace {

TEST(CurlTransportFirstUse, ManyThreadsInitialiseLibcurlOnce) {
  std::vector<std::thread> creators;
  for (int i = 0; i < threads; ++i) {
    creators.emplace_back([&] {
      ++creators_here;
      const auto made = CurlTransport::create();
      EXPECT_TRUE(made) << made.error();
      EXPECT_EQ(initialisations, 1);
    });
  }
  for (std::thread& creator : creators) creator.join();
  EXPECT_EQ(initialisations, 1);
}

}  // namespace
}  // namespace chatopen
