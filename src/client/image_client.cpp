#include <chatopen/client.hpp>

#include "client/blocking_call.hpp"
#include "client/client_impl.hpp"
#include "client/download.hpp"
#include "client/image_call.hpp"

#include <optional>
#include <utility>

namespace chatopen {
namespace {

template <typename Receiver>
auto call_and_take(client::Core& core, client::PreparedCall& prepared, Receiver& receiver) {
  Result<int> attempts = client::call_blocking(core, prepared, receiver);
  std::optional<Error> error;
  if (!attempts) error = std::move(attempts).error();
  return receiver.take(std::move(error), error ? error->attempts : *attempts);
}

}  // namespace

Result<ImageReply> ChatClient::generate_image(const ImageRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  const auto prepared = client::prepare_image(*core, request, options);
  if (!prepared) return prepared.error();
  client::ImageReceiver receiver(**prepared);
  return call_and_take(*core, **prepared, receiver);
}

Result<SavedFile> ChatClient::save(const GeneratedImage& image, const std::string& path,
                                   const SaveOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  if (client::is_data_url(image.url)) return client::save_data_url(image.url, path, options);
  auto prepared = client::prepare_download(*core, image.url, options);
  if (!prepared) return prepared.error();
  auto file = client::PictureFile::create(path, options);
  if (!file) return std::move(file).error();
  client::DownloadReceiver receiver(**prepared, *std::move(file));
  return call_and_take(*core, **prepared, receiver);
}

}  // namespace chatopen
