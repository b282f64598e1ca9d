#pragma once

#include "image_fixture.hpp"

#include <atomic>
#include <cstddef>
#include <latch>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace chatopen {

/// Answers each order at once with a picture that is named as its prompt; says how many were under way at most.
class Painter final : public Transport {
 public:
  explicit Painter(int first_ones = 1) : first_ones_(first_ones) {}
  TransportOutcome perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) override {
    const int now = ++working_;
    for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    // The first ones wait for each other.
    if (begun_++ < first_ones_) met_.arrive_and_wait();
    const std::string& body = request.body.text();
    static_cast<void>(sink.on_head(body.find("refuse") == std::string::npos ? 200 : 400, {}));
    static_cast<void>(sink.on_body(image_envelope("https://cdn.example/" + body.substr(11, body.size() - 13))));
    --working_;
    if (cancel.cancelled()) return {.failure = TransportFailure::cancelled, .request_bytes_written = true};
    return {.request_bytes_written = true, .body_end = BodyEnd::proven};
  }
  [[nodiscard]] int most() const { return most_; }

 private:
  const int first_ones_;
  std::atomic<int> begun_ = 0;
  std::latch met_{first_ones_};
  std::atomic<int> working_ = 0;
  std::atomic<int> most_ = 0;
};

/// A client that orders several pictures.
class SeveralImages : public ImagesOverMock {
 protected:
  [[nodiscard]] ChatClient make_with(std::shared_ptr<Transport> transport) const {
    ClientOptions with = options();
    with.transport = std::move(transport);
    return make(std::move(with));
  }
  static std::vector<ImageRequest> orders(int count) {
    std::vector<ImageRequest> requests;
    for (int i = 0; i < count; ++i) {
      requests.push_back({.endpoint = endpoints::gpt_image_1(), .prompt = "p" + std::to_string(i)});
    }
    return requests;
  }
  /// The pictures that a `Painter` makes of so many orders, in their order.
  static void expect_painted(const std::vector<Result<ImageReply>>& results, std::size_t count) {
    ASSERT_EQ(results.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(results[i]) << results[i].error();
      EXPECT_EQ(results[i]->images.at(0).url, "https://cdn.example/p" + std::to_string(i));
    }
  }
};

}  // namespace chatopen
