#pragma once

#include "endpoint_choice.hpp"

#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace chatopen::program {

/// The heading, in the help, of options whose names and effects are concluded from other services.
inline constexpr const char* inferred_members = "Request members that the service does not document (inferred)";
/// The same, of options seen in public clients of this service.
inline constexpr const char* observed_members = "Request members that the service does not document (observed)";

/// What every chat request of a command has in common.
struct RequestOptions {
  EndpointChoice endpoint = {};
  std::string system = {};
  std::optional<double> temperature = {};
  std::optional<double> top_p = {};
  std::optional<std::int64_t> max_tokens = {};
  std::optional<std::int64_t> seed = {};
  std::vector<std::string> stop = {};
  std::string extra = {};

  /// A request with all of it but the system prompt, and without a question. Errors: as `EndpointChoice::resolve`.
  [[nodiscard]] Result<ChatRequest> request() const;
};

void add_request_options(CLI::App& command, RequestOptions& options);

/// A picture as users name it: an `https:`, `http:` or `data:` URL, or else a file. Errors: as `image_file`.
[[nodiscard]] Result<ImagePart> picture(const std::string& url_or_file);

/// The text and the pictures as one message. Errors: as `image_file`.
[[nodiscard]] Result<Message> user_message(std::string text, const std::vector<std::string>& pictures);

}  // namespace chatopen::program
