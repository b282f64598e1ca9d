#pragma once

#include "client/async_call.hpp"
#include "client/blocking_upload.hpp"
#include "client/pending_state.hpp"
#include "client/prepared_upload.hpp"
#include "client/upload_receiver.hpp"

#include <chatopen/upload.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace chatopen::client {

/// The body of an asynchronous upload, which may be read only as a step of its call.
class SteppedBody final : public BodySource {
 public:
  SteppedBody(std::weak_ptr<AsyncCall> call, std::shared_ptr<UploadBody> body) noexcept
      : call_(std::move(call)), body_(std::move(body)) {}

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return body_->size(); }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override;
  [[nodiscard]] bool rewind() noexcept override { return body_->rewind(); }

 private:
  std::weak_ptr<AsyncCall> call_;
  std::shared_ptr<UploadBody> body_;
};

/// An upload, and what its caller makes of its end.
class UploadCall : public AsyncCall {
 public:
  /// `on_progress` is null for nobody.
  UploadCall(const std::shared_ptr<Core>& core, PreparedUpload upload,
             std::unique_ptr<detail::OwnedUploadProgress> on_progress);
  ~UploadCall() override;

  /// Instead of `start`.
  void start_upload();
  /// For the body.
  bool operator()(std::uint64_t sent, std::uint64_t total);

 protected:
  /// The end of the call: a result, unless there is an exception.
  virtual void on_result(std::optional<Result<UploadedFile>> result, std::exception_ptr exception) = 0;

 private:
  [[nodiscard]] Receiver& receiver() noexcept override { return receiver_; }
  void on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) override;

  std::shared_ptr<UploadBody> body_;
  // Null once the call has ended.
  std::shared_ptr<detail::OwnedUploadProgress> on_progress_;
  detail::UploadProgressCallback callback_;
  UploadReceiver receiver_;
};

/// An upload whose result goes to a `Pending`.
class PendingUpload final : public UploadCall, public detail::PendingState<UploadedFile> {
 public:
  PendingUpload(const std::shared_ptr<Core>& core, PreparedUpload upload,
                std::unique_ptr<detail::OwnedUploadProgress> on_progress)
      : UploadCall(core, std::move(upload), std::move(on_progress)), PendingState(core) {}
  void cancel_call() noexcept override { cancel(); }

 private:
  void on_result(std::optional<Result<UploadedFile>> result, std::exception_ptr exception) override {
    set(std::move(result), std::move(exception));
  }
};

}  // namespace chatopen::client
