#include "client/prepared_upload.hpp"

#include "base/refusal.hpp"
#include "client/file_source.hpp"
#include "codec/media_type.hpp"
#include "codec/multipart.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

/// What is uploaded, and what its first bytes show it to be.
struct Content {
  std::shared_ptr<BodySource> source;
  std::string_view media_type = {};
};

Error refused(std::initializer_list<std::string_view> message, std::string_view detail = {}) {
  return base::refusal(ErrorKind::invalid_argument, message, {detail});
}

Result<Content> open_content(const UploadRequest& request) {
  const int given =
      (request.path.empty() ? 0 : 1) + (request.bytes == nullptr ? 0 : 1) + (request.source.get() == nullptr ? 0 : 1);
  if (given != 1) {
    return refused({given == 0 ? "there is nothing to upload" : "there is more than one thing to upload"},
                   "set exactly one of path, bytes and source");
  }
  if (request.bytes != nullptr) {
    return Content{std::make_shared<BytesSource>(request.bytes), codec::media_type_of(*request.bytes)};
  }
  if (BodySource* const source = request.source.get()) {
    // A copy of the request's, which shares the source, is what keeps it alive.
    const auto owner = std::make_shared<UploadSource>(request.source);
    return Content{std::shared_ptr<BodySource>(owner, source)};
  }
  Result<std::shared_ptr<FileSource>> file = FileSource::open(request.path);
  if (!file) return std::move(file).error();
  const std::string_view media_type = (*file)->media_type();
  return Content{*std::move(file), media_type};
}

Result<std::uint64_t> size_of(const UploadRequest& request, const Content& content) {
  const std::optional<std::uint64_t> size = content.source->size();
  const std::string what = request.path.empty() ? "the upload" : "'" + request.path + "'";
  // So that the frame's few bytes can be added.
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max() / 2;
  if (!size)
    return refused({what, " has a source that does not know its size"}, "read it into bytes, or a file, first");
  if (*size == 0) return refused({what, " is empty"});
  if (*size > most) return refused({what, " has a source that announces an impossible size"});
  return *size;
}

std::string file_name_of(const UploadRequest& request, std::string_view media_type) {
  if (!request.file_name.empty()) return request.file_name;
  if (!request.path.empty()) return std::string(codec::base_name(request.path));
  return codec::file_name_for(media_type);
}

}  // namespace

Result<PreparedUpload> prepare_upload(Core& core, const UploadRequest& request, const CallOptions& call) {
  const std::string boundary = codec::random_boundary();
  WireForm form = WireForm::upload;
  const Result<Content> content = open_content(request);
  if (!content) return content.error();
  const Result<std::uint64_t> size = size_of(request, *content);
  if (!size) return size.error();

  std::string_view media_type = request.media_type;
  if (media_type.empty()) media_type = content->media_type;
  if (media_type.empty()) media_type = "application/octet-stream";
  const std::string file_name = file_name_of(request, content->media_type);
  Error fault;
  if (codec::refuses_file_name(file_name, fault) || codec::refuses_media_type(media_type, fault)) return fault;
  codec::FormFrame frame = codec::frame_file(boundary, file_name, media_type);

  auto prepared = prepare_call(core, request.endpoint, call, frame.content_type, false, form);
  if (!prepared) return std::move(prepared).error();
  if (form != WireForm::upload) {
    return refused({"the endpoint's wire form '", to_string(form), "' takes no upload"},
                   "choose an endpoint of the upload form");
  }
  PreparedUpload upload;
  upload.call = *std::move(prepared);
  upload.body = std::make_shared<UploadBody>(std::move(frame), content->source, *size, *upload.call);
  upload.call->request->body = Body(upload.body);
  return upload;
}

}  // namespace chatopen::client
