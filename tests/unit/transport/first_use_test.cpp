#include <chatopen/curl_transport.hpp>

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace {

std::atomic<int> initialisations = 0;

}  // namespace

// The linker calls them so (--wrap).
extern "C" CURLcode __real_curl_global_init(long flags);
extern "C" CURLcode __wrap_curl_global_init(long flags) {
  ++initialisations;
  return __real_curl_global_init(flags);
}

namespace chatopen {
namespace {

TEST(CurlTransportFirstUse, ManyThreadsInitialiseLibcurlOnce) {
  constexpr int threads = 32;
  std::barrier<> all_here(threads);
  std::vector<std::thread> creators;
  for (int i = 0; i < threads; ++i) {
    creators.emplace_back([&] {
      all_here.arrive_and_wait();
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
