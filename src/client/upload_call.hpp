#pragma once

#include "client/pending_call.hpp"
#include "client/prepared_upload.hpp"

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

/// Starts an upload whose receiver is made of its call, its body and the rest.
template <typename T, typename UploadReceiver, typename Rest>
[[nodiscard]] Pending<T> start_upload(const std::shared_ptr<Core>& core, PreparedUpload upload, Rest&& rest) {
  using PendingUpload = PendingCall<T, UploadReceiver>;
  const std::shared_ptr<HttpRequest> request = upload.call->request;
  const auto call =
      std::make_shared<PendingUpload>(core, std::move(upload.call), upload.body, std::forward<Rest>(rest));
  request->body = Body(std::make_shared<SteppedBody>(call, std::move(upload.body)));
  call->start();
  return Pending<T>(call);
}

}  // namespace chatopen::client
