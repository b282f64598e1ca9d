#pragma once

#include "client/receiver.hpp"
#include "client/upload_body.hpp"

#include <chatopen/upload.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace chatopen::client {

/// Makes of a whole body what an upload brings.
class UploadReceiver : public Receiver {
 public:
  /// For a body that nothing was read of. `on_progress`, which must outlive the reading, is null for nobody.
  UploadReceiver(PreparedCall& prepared, std::shared_ptr<UploadBody> body,
                 const detail::UploadProgressCallback* on_progress);

  [[nodiscard]] std::optional<FailedAttempt> finish(const TransportOutcome& outcome) override;
  void describe(CallCompleted& event) const override;

  /// After a success.
  [[nodiscard]] UploadedFile take(int attempts);
  /// After an error: with why the upload was not sent again.
  [[nodiscard]] Error fail(Error error) const;

 private:
  std::shared_ptr<UploadBody> body_;
  UploadedFile file_;
};

/// One that keeps, until the call has ended, whom it tells of the progress.
class OwningUploadReceiver final : public UploadReceiver {
 public:
  /// `on_progress` is null for nobody.
  OwningUploadReceiver(PreparedCall& prepared, std::shared_ptr<UploadBody> body,
                       std::unique_ptr<detail::OwnedUploadProgress> on_progress);

  [[nodiscard]] UploadedFile take(int attempts);
  [[nodiscard]] Error fail(Error error);
  /// For the body.
  bool operator()(std::uint64_t sent, std::uint64_t total);

 private:
  std::shared_ptr<detail::OwnedUploadProgress> on_progress_;
  detail::UploadProgressCallback callback_;
};

}  // namespace chatopen::client
