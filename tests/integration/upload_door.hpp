#pragma once

#include "async_matrix.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace integration {

/// What the service says to an upload.
inline constexpr std::string_view uploaded = R"({"code":"200","msg":"ok","data":{"url":"https://files.example/a"}})";
inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// The ways to upload.
enum class UploadDoor : std::uint8_t { blocking, async, pool, polled };

void PrintTo(UploadDoor door, std::ostream* stream);

/// A row that is run through every way to upload.
class Uploads : public AsyncMatrix, public ::testing::WithParamInterface<UploadDoor> {
 protected:
  using OnProgress = std::function<bool(std::uint64_t, std::uint64_t)>;

  [[nodiscard]] chatopen::ChatClient client_of(const std::string& base_url) const;

  /// Uploads; an error is checked for secrets. An asynchronous call that takes longer than `longest` is one that hangs.
  [[nodiscard]] static chatopen::Result<chatopen::UploadedFile> upload(const chatopen::ChatClient& client,
                                                                       const chatopen::UploadRequest& request,
                                                                       const OnProgress& on_progress = {},
                                                                       const chatopen::CallOptions& call = {},
                                                                       milliseconds longest = hung);
};

}  // namespace integration

#define EVERY_UPLOAD_DOOR(suite)                                                                                     \
  INSTANTIATE_TEST_SUITE_P(                                                                                          \
      Door, suite, ::testing::Values(UploadDoor::blocking, UploadDoor::async, UploadDoor::pool, UploadDoor::polled), \
      ::testing::PrintToStringParamName())
