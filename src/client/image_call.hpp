#pragma once

#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <chatopen/image.hpp>
#include <chatopen/result.hpp>

#include <memory>
#include <optional>

namespace chatopen::client {

/// Checks and encodes. Errors: `invalid_argument`, and `io` for references in files.
[[nodiscard]] Result<std::unique_ptr<PreparedCall>> prepare_image(Core& core, const ImageRequest& request,
                                                                  const CallOptions& call);

/// Whether several pictures cannot be ordered so, and why.
[[nodiscard]] bool refuses(const ImagesOptions& images, Error& fault);

/// Makes the pictures of a whole body, and sees to it that none is bought twice.
class ImageReceiver final : public Receiver {
 public:
  using Receiver::Receiver;

  [[nodiscard]] std::optional<FailedAttempt> finish(const TransportOutcome& outcome) override;
  void weigh(FailedAttempt& failed) const override;
  void describe(CallCompleted& event) const override { event.request_id = reply_.request_id; }

  /// After a success.
  [[nodiscard]] ImageReply take(int attempts);
  /// After an error, which goes on as it is.
  [[nodiscard]] static Error fail(Error error) { return error; }

 private:
  ImageReply reply_;
};

}  // namespace chatopen::client
