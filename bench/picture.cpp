// picture time|memory, picture call <port>: a message with a picture of 5 MB, from shared bytes and from a file. Each
// line is a name and a number. `time` compares the whole way to the transport with one copy of the picture; `memory`
// counts what the program allocates on that way, and `call` what its resident memory grows by in a call of
// fixed_reply_server, both beyond the picture that the caller holds and relative to its size.

#include "counting_allocator.hpp"
#include "process.hpp"
#include "question.hpp"
#include "replies.hpp"

#include <chatopen/transport.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace chatopen;

constexpr std::size_t picture_size = std::size_t{5} * 1000 * 1000;

/// Takes any request, and answers at once.
class NullTransport final : public Transport {
 public:
  TransportOutcome perform(const HttpRequest&, ResponseSink& sink, const CancelToken&) override {
    (void)sink.on_head(200, {});
    (void)sink.on_body(bench::envelope_reply);
    return {.request_bytes_written = true, .body_end = BodyEnd::proven};
  }
};

// Not compressible and not all of one kind, as a picture is; the same in every run.
std::string make_picture() {
  std::string bytes = "\x89PNG\r\n\x1a\n";
  bytes.reserve(picture_size);
  std::uint32_t state = 1;
  while (bytes.size() < picture_size) {
    state = state * 1664525U + 1013904223U;
    bytes.push_back(static_cast<char>(state >> 24));
  }
  return bytes;
}

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view bytes) {
    const int file = mkstemp(path_.data());
    if (file < 0) std::exit(1);
    close(file);
    std::ofstream(path_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/chatopen-picture-XXXXXX";
};

ChatRequest question_about(ImagePart picture) {
  ChatRequest request = bench::question();
  request.messages[0].parts[1] = std::move(picture);
  return request;
}

// Of the processor, which what else the machine does changes least.
double seconds_of(const std::function<void()>& work) {
  const std::clock_t started = std::clock();
  work();
  return static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Questions {
  ChatRequest bytes;
  ChatRequest file;
};

void print_time(const std::string& picture, const Questions& questions) {
  const ChatClient client = bench::connect("https://gateway.example", std::make_shared<NullTransport>());
  std::vector<double> copy;
  std::vector<double> bytes;
  std::vector<double> file;
  // Interleaved, so that what else the machine does meets all three.
  for (int round = 0; round < 31; ++round) {
    copy.push_back(seconds_of([&] {
      // As fresh as the body's memory, whose pages also cost.
      const auto fresh = std::make_unique_for_overwrite<char[]>(picture.size());
      std::memcpy(fresh.get(), picture.data(), picture.size());
      // The optimiser may not drop a copy that is looked at.
      const volatile char last = fresh[picture.size() - 1];
      (void)last;
    }));
    bytes.push_back(seconds_of([&] { bench::ask(client, questions.bytes); }));
    file.push_back(seconds_of([&] { bench::ask(client, questions.file); }));
  }
  std::printf("time_bytes %.2f\ntime_file %.2f\n", median(bytes) / median(copy), median(file) / median(copy));
}

void print_memory(const char* name, const ChatRequest& request) {
  const ChatClient client = bench::connect("https://gateway.example", std::make_shared<NullTransport>());
  bench::ask(client, bench::question());
  const std::size_t before = bench::allocations().live_bytes;
  bench::restart_peak();
  bench::ask(client, request);
  const bench::Allocations used = bench::allocations();
  std::printf("memory_%s %.3f\nlarge_%s %d\n", name, static_cast<double>(used.peak_bytes - before) / picture_size, name,
              used.large);
}

void print_call(const char* name, const std::string& base_url, const ChatRequest& request) {
  const ChatClient client = bench::connect(base_url);
  bench::ask(client, bench::question());
  bench::restart_resident_peak();
  const double before = bench::process_status("VmRSS:");
  bench::ask(client, request);
  std::printf("call_%s %.2f\n", name, (bench::process_status("VmHWM:") - before) * 1024 / picture_size);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto picture = std::make_shared<const std::string>(make_picture());
  const TemporaryFile file(*picture);
  const Questions questions{.bytes = question_about(image_bytes(picture).value()),
                            .file = question_about(image_file(file.path()).value())};
  if (what == "time") {
    print_time(*picture, questions);
  } else if (what == "memory") {
    print_memory("bytes", questions.bytes);
    print_memory("file", questions.file);
  } else if (what == "call" && argc == 3) {
    const std::string base_url = std::string("http://127.0.0.1:") + argv[2];
    print_call("bytes", base_url, questions.bytes);
    print_call("file", base_url, questions.file);
  } else {
    std::fprintf(stderr, "usage: picture time|memory, or picture call <port>\n");
    return 2;
  }
  return 0;
}
