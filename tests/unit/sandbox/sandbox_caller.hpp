#pragma once

#include <chatopen/sandbox/sandbox.hpp>

#include <httplib.h>

#include <string>
#include <string_view>

namespace chatopen::sandbox {

inline constexpr const char* messages_path = "/AIGCChatOpenServ/saas/gpt-4o/text/v3";
inline constexpr const char* short_question = R"({"messages":[{"role":"user","content":"hi"}]})";

/// The bytes of a call with the sandbox's credentials; further header lines end with CRLF.
inline std::string raw_call(const Sandbox& sandbox, const std::string& path, const std::string& body,
                            const std::string& headers) {
  const Credentials credentials = sandbox.credentials();
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
         "X-Request-Req-Accesskeyid: " + std::string(credentials.access_key_id.reveal()) +
         "\r\nX-Request-Req-Accesskeysecret: " + std::string(credentials.access_key_secret.reveal()) + "\r\n" +
         headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The bytes of a question that the sandbox answers.
inline std::string raw_question(const Sandbox& sandbox, const std::string& headers = {}) {
  return raw_call(sandbox, messages_path, short_question, headers);
}

/// A connection to a sandbox by a client that is not ours, so that both cannot share a fault.
class SandboxCaller {
 public:
  explicit SandboxCaller(const Sandbox& sandbox) : client_(sandbox.base_url()) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    // Longer than the sandbox waits for a meeting, so that its refusal is what a test sees.
    client_.set_read_timeout(120);
    const Credentials credentials = sandbox.credentials();
    client_.set_default_headers(
        {{"X-Request-Req-Accesskeyid", std::string(credentials.access_key_id.reveal())},
         {"X-Request-Req-Accesskeysecret", std::string(credentials.access_key_secret.reveal())}});
  }

  /// The status; 0 when no reply came.
  int ask(const std::string& directives = {}) {
    httplib::Headers headers;
    if (!directives.empty()) headers.emplace("X-Sandbox-Reply", directives);
    return take(client_.Post(messages_path, headers, short_question, "application/json"));
  }

  int post(const std::string& body, const std::string& content_type) {
    return take(client_.Post(messages_path, body, content_type));
  }

  int send(const std::string& method, const std::string& path) {
    httplib::Request request;
    request.method = method;
    request.path = path;
    return take(client_.send(request));
  }

  /// The body of the last reply.
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  int take(const httplib::Result& result) {
    body_ = result ? result->body : "";
    return result ? result->status : 0;
  }

  httplib::Client client_;
  std::string body_;
};

}  // namespace chatopen::sandbox
