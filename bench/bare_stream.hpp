#pragma once

#include "replies.hpp"

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace chatopen::bench {

/// Cuts bytes into lines. Copies only a line that arrives in pieces.
class LineSplitter {
 public:
  template <typename OnLine>
  void feed(std::string_view bytes, OnLine&& on_line) {
    for (std::size_t end = 0; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
      if (begun_.empty()) {
        on_line(bytes.substr(0, end));
      } else {
        on_line(std::string_view(begun_.append(bytes.substr(0, end))));
        begun_.clear();
      }
    }
    begun_.append(bytes);
  }

 private:
  std::string begun_;
};

/// Takes the answer out of an event's JSON; returns how long it is.
struct NlohmannReader {
  std::size_t operator()(std::string_view json) const {
    return nlohmann::json::parse(json).at("data").at("answer").get_ref<const std::string&>().size();
  }
};

/// What the SDK sends besides the body. Never freed.
inline curl_slist* bare_headers() {
  curl_slist* headers = nullptr;
  for (const char* line : {"X-Request-Req-Accesskeyid: id", "X-Request-Req-Accesskeysecret: secret",
                           "Content-Type: application/json", "Accept: text/event-stream", "User-Agent: chatopen"}) {
    headers = curl_slist_append(headers, line);
  }
  return headers;
}

/// The least that receives a stream of stream_server: a libcurl handle, the lines, and for each event what `Read` does
/// with its JSON.
template <typename Read>
class BareStream {
 public:
  BareStream(const std::string& url, curl_slist* headers) {
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS,
                     R"({"messages":[{"role":"user","content":"what's the content of the picture?"}],"stream":true})");
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &receive);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  }
  BareStream(const BareStream&) = delete;
  BareStream& operator=(const BareStream&) = delete;
  ~BareStream() { curl_easy_cleanup(handle_); }

  [[nodiscard]] CURL* handle() const { return handle_; }
  /// Whether all events arrived, and then the stream's end.
  [[nodiscard]] bool whole(long events) const { return ended_ && events_ == events; }

 private:
  static std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* stream) {
    auto& self = *static_cast<BareStream*>(stream);
    self.lines_.feed({bytes, size * count}, [&self](std::string_view line) { self.take(line); });
    return size * count;
  }

  void take(std::string_view line) {
    constexpr std::string_view field = "data:";
    if (!line.starts_with(field)) return;
    line.remove_prefix(field.size());
    if (line == "[DONE]") {
      ended_ = true;
    } else if (read_(line) == stream_answer_size) {
      ++events_;
    }
  }

  CURL* handle_ = curl_easy_init();
  Read read_;
  LineSplitter lines_;
  long events_ = 0;
  bool ended_ = false;
};

}  // namespace chatopen::bench
