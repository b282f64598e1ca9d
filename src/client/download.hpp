#pragma once

#include "client/picture_file.hpp"
#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <chatopen/image.hpp>
#include <chatopen/result.hpp>

#include <memory>
#include <optional>
#include <string>

namespace chatopen::client {

/// Checks the URL and the options of a download, which carries no credentials. Errors: `invalid_argument`.
[[nodiscard]] Result<std::unique_ptr<PreparedCall>> prepare_download(Core& core, const std::string& url,
                                                                     const SaveOptions& options);

/// Whether the picture is in the URL itself.
[[nodiscard]] bool is_data_url(const std::string& url) noexcept;
/// Decodes it into a file. Errors: `protocol` for what is not strict Base64, and those of `PictureFile`.
[[nodiscard]] Result<SavedFile> save_data_url(const std::string& url, const std::string& path,
                                              const SaveOptions& options);

/// Writes a picture into a file while it comes.
class DownloadReceiver final : public Receiver {
 public:
  DownloadReceiver(PreparedCall& prepared, PictureFile file) : Receiver(prepared), file_(std::move(file)) {}

  void restart() override;
  [[nodiscard]] std::optional<FailedAttempt> finish(const TransportOutcome& outcome) override;
  void weigh(FailedAttempt& failed) const override;
  void describe(CallCompleted& /*event*/) const override {}

  /// After a success.
  [[nodiscard]] SavedFile take(int /*attempts*/) { return std::move(saved_); }
  /// After an error: nothing is left of the file.
  [[nodiscard]] Error fail(Error error);

 private:
  void begin_body() override;
  [[nodiscard]] SinkAction add_body(std::string_view bytes) override;

  std::optional<PictureFile> file_;
  SavedFile saved_;
};

}  // namespace chatopen::client
