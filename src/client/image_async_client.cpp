#include <chatopen/client.hpp>

#include "client/async_core.hpp"
#include "client/client_impl.hpp"
#include "client/download.hpp"
#include "client/ended_call.hpp"
#include "client/image_call.hpp"
#include "client/pending_call.hpp"

#include <utility>

namespace chatopen {

std::shared_ptr<detail::PendingState<ImageReply>> client::start_image(const std::shared_ptr<Core>& core,
                                                                      const ImageRequest& request,
                                                                      const CallOptions& call) {
  auto prepared = prepare_image(*core, request, call);
  if (!prepared) return std::make_shared<EndedCall<ImageReply>>(core, std::move(prepared).error());
  const auto started = std::make_shared<PendingCall<ImageReply, ImageReceiver>>(core, *std::move(prepared));
  started->start();
  return started;
}

Pending<ImageReply> ChatClient::generate_image_async(const ImageRequest& request, const CallOptions& options) const {
  const std::shared_ptr<client::Core>& core = impl_->core;
  client::AsyncCore::to_start(*core);
  return Pending<ImageReply>(client::start_image(core, request, options));
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
