#include "upload_door.hpp"

#include <memory>
#include <utility>

namespace integration {
namespace {

using chatopen::CallOptions;
using chatopen::ChatClient;
using chatopen::Result;
using chatopen::UploadedFile;
using chatopen::UploadRequest;

Driver driver_of(UploadDoor door) {
  switch (door) {
    case UploadDoor::pool: return Driver::pool;
    case UploadDoor::polled: return Driver::poll;
    default: return Driver::own_thread;
  }
}

}  // namespace

void PrintTo(UploadDoor door, std::ostream* stream) {
  constexpr const char* names[] = {"blocking", "async", "pool", "polled"};
  *stream << names[static_cast<int>(door)];
}

ChatClient Uploads::client_of(const std::string& base_url) const {
  chatopen::ClientOptions options = async_options(base_url);
  options.transport = transport_of(driver_of(GetParam()));
  options.jitter = [] { return 0.0; };
  return ChatClient::create(std::move(options)).value();
}

Result<UploadedFile> Uploads::upload(const ChatClient& client, const UploadRequest& request,
                                     const OnProgress& on_progress, const CallOptions& call, milliseconds longest) {
  Result<UploadedFile> file = [&]() -> Result<UploadedFile> {
    if (GetParam() == UploadDoor::blocking) {
      return on_progress ? client.upload(request, on_progress, call) : client.upload(request, call);
    }
    auto pending = on_progress ? client.upload_async(request, on_progress, call) : client.upload_async(request, call);
    if (!pending.wait_for(longest)) {
      ADD_FAILURE() << "the call hangs";
      pending.cancel();
    }
    return std::move(pending).get();
  }();
  if (!file) expect_no_secret(file.error());
  return file;
}

}  // namespace integration
