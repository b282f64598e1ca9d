#pragma once

#include "client/receiver.hpp"

#include <chatopen/upload.hpp>

#include <optional>

namespace chatopen::client {

/// Makes of a whole body what an upload brings.
class UploadReceiver final : public Receiver {
 public:
  using Receiver::Receiver;

  [[nodiscard]] std::optional<FailedAttempt> finish(const TransportOutcome& outcome) override;
  void describe(CallCompleted& event) const override;

  /// After a success.
  [[nodiscard]] UploadedFile take(int attempts);

 private:
  UploadedFile file_;
};

}  // namespace chatopen::client
