#include "file_descriptor.hpp"
#include "process_memory.hpp"
#include "temporary_file.hpp"
#include "upload_door.hpp"

#include <chatopen/transport.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Result;
using chatopen::UploadedFile;
using chatopen::UploadRequest;

constexpr std::uint64_t film_size = (std::uint64_t{1} << 30) / slowdown;

/// Takes one upload, of which it keeps nothing, unlike a `RawServer`.
class DiscardingServer {
 public:
  DiscardingServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(listener_.get(), 1);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  DiscardingServer(const DiscardingServer&) = delete;
  DiscardingServer& operator=(const DiscardingServer&) = delete;
  ~DiscardingServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Of the body.
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  void serve() {
    const FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 65536> bytes;
    std::string head;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
      const ssize_t count = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
      if (count <= 0) return;
      head.append(bytes.data(), static_cast<std::size_t>(count));
      end = head.find("\r\n\r\n");
    }
    constexpr std::string_view name = "Content-Length: ";
    const std::uint64_t length = std::stoull(head.substr(head.find(name) + name.size()));
    std::uint64_t got = head.size() - end - 4;
    while (got < length) {
      const ssize_t count = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
      if (count <= 0) return;
      got += static_cast<std::uint64_t>(count);
    }
    received_ = got;
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(uploaded.size()) +
                              "\r\nConnection: close\r\n\r\n" + std::string(uploaded);
    (void)!::send(socket.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
  }

  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> received_ = 0;
  std::thread thread_;
};

/// Zeros, which it makes as they are read.
class Zeros final : public chatopen::BodySource {
 public:
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return film_size; }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left_));
    std::fill_n(into, count, '\0');
    left_ -= count;
    return count;
  }
  [[nodiscard]] bool rewind() noexcept override {
    left_ = film_size;
    return true;
  }

 private:
  std::uint64_t left_ = film_size;
};

class UploadsOfAGigabyte : public Uploads {
 protected:
  void expect_constant_memory(const UploadRequest& request) {
    // How fast they are does not matter here.
    constexpr milliseconds longest = std::chrono::minutes(10);
    DiscardingServer server;
    const ChatClient client = client_of(server.base_url());
    reset_peak_memory();
    const std::size_t before = peak_memory();
    const Result<UploadedFile> result = upload(client, request, {}, {}, longest);
    // May be less than before, since the system looks at the peak only now and then.
    const std::size_t extra = std::max(peak_memory(), before) - before;
    ASSERT_TRUE(result) << result.error();
    EXPECT_GT(server.received(), film_size);
    EXPECT_LE(extra, allowed_memory(16 * mebibyte));
    RecordProperty("extra_kilobytes", static_cast<int>(extra / 1024));
  }
};

EVERY_UPLOAD_DOOR(UploadsOfAGigabyte);

TEST_P(UploadsOfAGigabyte, TakeConstantMemoryFromAFile) {
  const TemporaryFile file("film.bin", "");
  // Sparse: it takes no room on the disk.
  std::filesystem::resize_file(file.path(), film_size);
  expect_constant_memory({.path = file.path()});
}

TEST_P(UploadsOfAGigabyte, TakeConstantMemoryFromASource) {
  expect_constant_memory({.source = std::make_shared<Zeros>()});
}

}  // namespace
}  // namespace integration
