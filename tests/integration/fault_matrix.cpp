#include "fault_matrix.hpp"

#include <atomic>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>

#include <unistd.h>

namespace integration {
namespace {

using chatopen::Error;
using Clock = std::chrono::steady_clock;

std::size_t entries_of(const char* directory) {
  const auto entries = std::filesystem::directory_iterator(directory);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

// A thread that was joined, or that libcurl's resolver detached, may still be on its way out.
std::size_t settled_entries(const char* directory, std::size_t expected) {
  const auto give_up = Clock::now() + std::chrono::seconds(10);
  std::size_t count = entries_of(directory);
  while (count > expected && Clock::now() < give_up) {
    std::this_thread::yield();
    count = entries_of(directory);
  }
  return count;
}

milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - start);
}

std::string base64(std::string_view text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), int(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  // The last group depends on what follows the text.
  encoded.resize(encoded.size() - 4);
  return encoded;
}

}  // namespace

chatopen::ChatRequest question() {
  return {.endpoint = chatopen::endpoints::gpt_4o_multimodal(),
          .messages = {chatopen::Message::user({chatopen::text("what's the content of the picture?"),
                                                chatopen::image_url("https://example.com/a.jpg")})}};
}

void expect_no_secret(std::string_view text) {
  for (const std::string_view canary : {canary_id, canary_secret}) {
    EXPECT_EQ(text.find(canary), std::string_view::npos) << text;
    EXPECT_EQ(text.find(base64(canary)), std::string_view::npos) << text;
  }
}

void expect_no_secret(const Error& error) {
  std::ostringstream printed;
  printed << error;
  expect_no_secret(printed.str());
  expect_no_secret(chatopen::Exception(error).what());
  for (const std::string& text : {error.code, error.message, error.detail, error.request_id, error.body_snippet}) {
    expect_no_secret(text);
  }
}

void FaultMatrix::SetUpTestSuite() {
  // What the libraries open once per program must not look like a leak of the first test.
  const auto warmed = chatopen::CurlTransport::create();
  ASSERT_TRUE(warmed) << warmed.error();
  // ThreadSanitizer starts a thread of its own with the first one.
  pid_t joined = 0;
  std::thread([&] { joined = ::gettid(); }).join();
  // The system may list it for a moment after that, which must not count as a thread of the first test's.
  while (std::filesystem::exists("/proc/self/task/" + std::to_string(joined))) std::this_thread::yield();
}

void FaultMatrix::SetUp() {
  descriptors_ = entries_of("/proc/self/fd");
  threads_ = entries_of("/proc/self/task");
}

void FaultMatrix::TearDown() {
  EXPECT_EQ(settled_entries("/proc/self/fd", descriptors_), descriptors_) << "descriptors leaked";
  EXPECT_EQ(settled_entries("/proc/self/task", threads_), threads_) << "threads leaked";
}

chatopen::ClientOptions FaultMatrix::options_for(std::string base_url) const {
  return {.base_url = std::move(base_url),
          .credentials = {.access_key_id = canary_id, .access_key_secret = canary_secret},
          .clock = clock_,
          .jitter = [] { return 0.5; }};
}

chatopen::ChatClient FaultMatrix::client_for(const RawServer& server,
                                             std::shared_ptr<chatopen::Transport> transport) const {
  chatopen::ClientOptions options = options_for(server.base_url());
  options.transport = std::move(transport);
  return chatopen::ChatClient::create(std::move(options)).value();
}

chatopen::ChatClient FaultMatrix::client_for(const RawServer& server, const CertificateAuthority& authority) const {
  chatopen::ClientOptions options = options_for("https://" + server.authority());
  options.transport = curl({.ca_file = authority.file()});
  return chatopen::ChatClient::create(std::move(options)).value();
}

std::shared_ptr<chatopen::Transport> FaultMatrix::curl(chatopen::CurlOptions options) {
  return chatopen::CurlTransport::create(std::move(options)).value();
}

TimedFailure FaultMatrix::timed_failure(const chatopen::ChatClient& client, const chatopen::CallOptions& call) {
  const auto start = Clock::now();
  auto reply = client.chat(question(), call);
  const milliseconds elapsed = since(start);
  if (reply) {
    ADD_FAILURE() << "the call succeeded: " << reply->raw().substr(0, 200);
    return {Error{}, elapsed};
  }
  expect_no_secret(reply.error());
  return {std::move(reply).error(), elapsed};
}

Error FaultMatrix::failure(const chatopen::ChatClient& client, const chatopen::CallOptions& call) {
  return timed_failure(client, call).error;
}

TimedFailure FaultMatrix::cancel_when(const chatopen::ChatClient& client, const chatopen::ChatRequest& request,
                                      const std::function<bool()>& condition) {
  chatopen::CancelSource source;
  std::atomic<Clock::time_point> cancelled_at = Clock::time_point::max();
  std::thread canceller([&] {
    EXPECT_TRUE(condition());
    cancelled_at = Clock::now();
    source.cancel();
  });
  auto reply = client.chat(request, {.cancel = source.token()});
  const auto ended = Clock::now();
  canceller.join();
  if (reply) {
    ADD_FAILURE() << "the call succeeded";
    return {Error{}, milliseconds(0)};
  }
  expect_no_secret(reply.error());
  return {std::move(reply).error(), std::chrono::duration_cast<milliseconds>(ended - cancelled_at.load())};
}

}  // namespace integration
