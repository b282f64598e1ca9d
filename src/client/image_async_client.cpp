#include <chatopen/client.hpp>

#include "client/async_core.hpp"
#include "client/client_impl.hpp"
#include "client/download.hpp"
#include "client/ended_call.hpp"
#include "client/image_call.hpp"
#include "client/pending_call.hpp"

#include <utility>

namespace chatopen {
Pending<ImageReply> ChatClient::generate_image_async(const ImageRequest& request, const CallOptions& options) const {
  using Call = client::PendingCall<ImageReply, client::ImageReceiver>;
  const std::shared_ptr<client::Core>& core = impl_->core;
  client::AsyncCore::to_start(*core);
  auto prepared = client::prepare_image(*core, request, options);
  if (!prepared) return client::ended<ImageReply>(core, std::move(prepared).error());
  const auto call = std::make_shared<Call>(core, *std::move(prepared));
  call->start();
  return Pending<ImageReply>(call);
}

Pending<SavedFile> ChatClient::save_async(const GeneratedImage& image, const std::string& path,
                                          const SaveOptions& options) const {
  using Call = client::PendingCall<SavedFile, client::DownloadReceiver>;
  const std::shared_ptr<client::Core>& core = impl_->core;
  client::AsyncCore::to_start(*core);
  if (client::is_data_url(image.url)) return client::ended(core, save(image, path, options));
  auto prepared = client::prepare_download(*core, image.url, options);
  if (!prepared) return client::ended<SavedFile>(core, std::move(prepared).error());
  auto file = client::PictureFile::create(path, options);
  if (!file) return client::ended<SavedFile>(core, std::move(file).error());
  const auto call = std::make_shared<Call>(core, *std::move(prepared), *std::move(file));
  call->start();
  return Pending<SavedFile>(call);
}

}  // namespace chatopen
