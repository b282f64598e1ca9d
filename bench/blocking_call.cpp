// blocking_call floor|chatopen|rate <port> <calls>: sequential calls of fixed_reply_server. `floor` is what libcurl
// alone costs, with one handle that is never reset, and the reply's bytes merely counted; `chatopen` is the whole
// client. Both send the same bytes. `rate` alternates between them and prints how the processor time of a call
// compares.

#include "process.hpp"
#include "question.hpp"

#include "codec/encode.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace chatopen;

std::size_t count_bytes(char*, std::size_t size, std::size_t count, void* total) {
  *static_cast<std::size_t*>(total) += size * count;
  return size * count;
}

class Floor {
 public:
  explicit Floor(const std::string& base_url)
      : url_(base_url + endpoints::gpt_4o_multimodal().path),
        body_(codec::encode_chat(bench::question(), WireForm::messages).value()) {
    const std::string user_agent = std::string("User-Agent: chatopen/") + CHATOPEN_VERSION_STRING;
    for (const char* line :
         {"X-Request-Req-Accesskeyid: id", "X-Request-Req-Accesskeysecret: secret", "Content-Type: application/json",
          "Accept: application/json", user_agent.c_str(), "Accept-Encoding: gzip, deflate, br, zstd"}) {
      headers_ = curl_slist_append(headers_, line);
    }
    curl_easy_setopt(handle_, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body_.c_str());
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &count_bytes);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &bytes_);
  }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
  }

  void call(int times) {
    for (int i = 0; i < times; ++i) {
      bytes_ = 0;
      if (curl_easy_perform(handle_) != CURLE_OK || bytes_ == 0) std::exit(1);
    }
  }

 private:
  CURL* handle_ = curl_easy_init();
  curl_slist* headers_ = nullptr;
  std::string url_;
  std::string body_;
  std::size_t bytes_ = 0;
};

class Whole {
 public:
  explicit Whole(const std::string& base_url) : client_(bench::connect(base_url)) {}

  void call(int times) {
    for (int i = 0; i < times; ++i) bench::ask(client_, request_);
  }

 private:
  ChatClient client_;
  ChatRequest request_ = bench::question();
};

template <typename Calls>
double seconds_of(Calls& calls, int times) {
  const double before = bench::processor_seconds();
  calls.call(times);
  return bench::processor_seconds() - before;
}

// The median of interleaved rounds: what else the machine does then meets both.
void print_rate(const std::string& base_url, int times) {
  constexpr std::size_t rounds = 15;
  Floor floor(base_url);
  Whole whole(base_url);
  std::array<double, rounds> ratios{};
  for (double& ratio : ratios) {
    const double one = seconds_of(floor, times);
    ratio = one / seconds_of(whole, times);
  }
  std::nth_element(ratios.begin(), ratios.begin() + rounds / 2, ratios.end());
  std::printf("%.3f\n", ratios[rounds / 2]);
}

}  // namespace

int main(int argc, char** argv) {
  int calls = 0;
  if (argc == 4) std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), calls);
  if (calls <= 0) {
    std::fprintf(stderr, "usage: blocking_call floor|chatopen|rate <port> <calls>\n");
    return 2;
  }
  const std::string_view what = argv[1];
  const std::string base_url = std::string("http://127.0.0.1:") + argv[2];
  if (what == "floor") {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    Floor(base_url).call(calls);
  } else if (what == "chatopen") {
    Whole(base_url).call(calls);
  } else if (what == "rate") {
    print_rate(base_url, calls);
  } else {
    return 2;
  }
  return 0;
}
