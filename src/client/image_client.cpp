#include <chatopen/client.hpp>

#include "client/blocking_call.hpp"
#include "client/client_impl.hpp"
#include "client/download.hpp"
#include "client/image_call.hpp"

#include <utility>

namespace chatopen {

Result<ImageReply> ChatClient::generate_image(const ImageRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core> core = impl_->core;
  const auto prepared = client::prepare_image(*core, request, options);
  if (!prepared) return prepared.error();
  client::ImageReceiver receiver(**prepared);
  Result<int> attempts = client::call_blocking(*core, **prepared, receiver);
  if (!attempts) return receiver.fail(std::move(attempts).error());
  return receiver.take(*attempts);
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
  Result<int> attempts = client::call_blocking(*core, **prepared, receiver);
  if (!attempts) return receiver.fail(std::move(attempts).error());
  return receiver.take(*attempts);
}

}  // namespace chatopen
