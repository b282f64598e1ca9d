#include <chatopen/testing/record_once.hpp>

#include <filesystem>
#include <system_error>
#include <utility>

namespace chatopen::testing {

Result<std::shared_ptr<Transport>> record_once(const std::string& cassette, std::shared_ptr<Transport> transport,
                                               RecordingOptions recording, ReplayOptions replay) {
  std::error_code ignored;
  if (!cassette.empty() && std::filesystem::exists(cassette, ignored)) {
    auto replaying = ReplayTransport::open(cassette, std::move(replay));
    if (!replaying) return replaying.error();
    return std::shared_ptr<Transport>(*std::move(replaying));
  }
  if (transport == nullptr) {
    return Error{.kind = ErrorKind::io,
                 .message = "the cassette '" + cassette + "' is not there, and there is no transport to record it with",
                 .detail = "record it where there is one, and commit it"};
  }
  auto recorder = RecordingTransport::create(std::move(transport), cassette, std::move(recording));
  if (!recorder) return recorder.error();
  return std::shared_ptr<Transport>(*std::move(recorder));
}

}  // namespace chatopen::testing
