#pragma once

#include "fault_matrix.hpp"

#include <string>
#include <utility>
#include <vector>

namespace integration {

/// Rows of HTTP/2 over TLS, for clients that trust the test's authority.
class Http2Matrix : public FaultMatrix {
 protected:
  [[nodiscard]] chatopen::ChatClient client_of(const std::string& base_url,
                                               chatopen::CurlOptions curl_options = {}) const {
    chatopen::ClientOptions options = options_for(base_url);
    curl_options.ca_file = authority_.file();
    options.transport = curl(std::move(curl_options));
    return chatopen::ChatClient::create(std::move(options)).value();
  }
  static std::vector<chatopen::Pending<chatopen::ChatReply>> ask(const chatopen::ChatClient& client, std::size_t count,
                                                                 const chatopen::CallOptions& options = {}) {
    std::vector<chatopen::Pending<chatopen::ChatReply>> calls;
    while (calls.size() < count) calls.push_back(client.chat_async(question(), options));
    return calls;
  }
  static void expect_hello(const chatopen::Result<chatopen::ChatReply>& reply) {
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->text(), "hello");
    EXPECT_EQ(reply->attempts(), 1);
  }

  const CertificateAuthority authority_;
};

}  // namespace integration
