#pragma once

/// @file
/// `ChatClient`: the typed client of the service.

#include <chatopen/chat_stream.hpp>
#include <chatopen/delta.hpp>
#include <chatopen/export.hpp>
#include <chatopen/image.hpp>
#include <chatopen/options.hpp>
#include <chatopen/pending.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>
#include <chatopen/upload.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace chatopen {

namespace detail {
struct ClientAccess;
}

// Its T carries no export of its own.
extern template class CHATOPEN_EXPORT Pending<std::vector<Result<ImageReply>>>;

/// What may be given pieces of a streamed reply: a callable that takes `const ChatDelta&` and returns void, or bool,
/// where false stops the stream and closes its connection. A number does not compile; what else it returns is ignored.
template <typename Callable>
concept DeltaConsumer = std::is_invocable_r_v<void, Callable&, const ChatDelta&>;

/// A handle on shared state: cheap to copy, and every member may be called from many threads at once. Connections are
/// kept and reused; they close with the last copy. A moved-from client may only be assigned to or destroyed.
///
/// Blocking calls run, with their callbacks, on the caller's thread. All asynchronous calls and pulled streams share
/// the transport's thread, which also runs their callbacks, so these should be short; or, where the transport is
/// `poll_driven`, they run within `poll` and calls that wait. Callbacks of one call never overlap, but those of others
/// may run beside them: a call that waits for its next attempt goes on or ends on the clock's thread, one that the
/// client's end cancels ends on the thread of that, and a transport that has only `perform` is given several threads.
/// A callback may use the client, also destroy it, and may throw: the call that it belongs to then ends, and its caller
/// gets the exception.
///
/// When the last copy dies, asynchronous calls and pulled streams in flight complete as `ErrorKind::cancelled` before
/// the destructor returns, which waits only for callbacks that are running on other threads; none of their callbacks
/// runs afterwards. A destructor that runs in a callback waits for nothing: a call whose callback is running on another
/// thread just then completes after that. A blocking call goes on, also when its own callback has destroyed the client.
class CHATOPEN_EXPORT ChatClient {
 public:
  /// Checks everything that can be checked without the network, and connects nothing.
  /// Errors: `configuration`, naming the option and how to mend it; `invalid_argument` for a negative duration or
  /// count.
  [[nodiscard]] static Result<ChatClient> create(ClientOptions options);

  ChatClient(const ChatClient&) noexcept;
  ChatClient(ChatClient&&) noexcept;
  ChatClient& operator=(const ChatClient&) noexcept;
  ChatClient& operator=(ChatClient&&) noexcept;
  ~ChatClient();

  /// Asks and waits for the whole reply. The request must not change during the call.
  /// Errors: every `ErrorKind`; `Error::maybe_processed` says whether the request may have been processed.
  [[nodiscard]] Result<ChatReply> chat(const ChatRequest& request, const CallOptions& options = {}) const;

  /// The same, with the reply's pieces as they come. At an endpoint of the messages form the body gets `"stream":true`
  /// (inferred) unless `ChatRequest::extra` says otherwise; a server that answers as a whole gives its reply as one
  /// piece. Returns the assembled reply; where the callback stopped it, what had come until then, without an error.
  template <DeltaConsumer OnDelta>
  [[nodiscard]] Result<ChatReply> chat(const ChatRequest& request, OnDelta&& on_delta,
                                       const CallOptions& options = {}) const {
    return chat_with(request, detail::DeltaCallback(on_delta), options);
  }

  /// Asks for a stream, and lets the caller pull its pieces. Every error, also one that was found before anything was
  /// sent, shows in `ChatStream::finish`.
  [[nodiscard]] ChatStream stream(const ChatRequest& request, const CallOptions& options = {}) const;

  /// Asks without waiting. The request is encoded before this returns.
  [[nodiscard]] Pending<ChatReply> chat_async(const ChatRequest& request, const CallOptions& options = {}) const;

  /// The same with the reply's pieces as they come, on the transport's thread. The callable is destroyed when the call
  /// has ended. What it returns may be dropped, but the client must live on: `shutdown` waits.
  template <DeltaConsumer OnDelta>
  Pending<ChatReply> stream_async(const ChatRequest& request, OnDelta on_delta, const CallOptions& options = {}) const {
    return start_chat(request, options, std::make_unique<detail::DeltaFunction<OnDelta>>(std::move(on_delta)));
  }

  /// Orders a picture and waits for it, which takes minutes. Unless the call sets `Timeouts::idle`, the reply's body
  /// may be as long in coming as its head. Nothing is bought twice: sent again is only what was provably not processed,
  /// and what was refused with 429. `RetryPolicy::retry_ambiguous` of the client does not count here; in this call's
  /// own policy it does, and includes 503. Errors: every `ErrorKind`; `protocol` also for a reply without a picture.
  /// `Error::maybe_processed` says whether the request may have been billed.
  [[nodiscard]] Result<ImageReply> generate_image(const ImageRequest& request, const CallOptions& options = {}) const;

  /// The same without waiting. The request is encoded before this returns.
  [[nodiscard]] Pending<ImageReply> generate_image_async(const ImageRequest& request,
                                                         const CallOptions& options = {}) const;

  /// Orders several pictures, a few at a time, and waits for all. A request is encoded when its turn comes, and its
  /// deadlines start then. The results are in the order of the requests; one that fails does not end the others, and
  /// cancelling `CallOptions::cancel` ends all. Errors of each: as `generate_image`; of all `invalid_argument` for
  /// less than one at a time, and inside a callback of the transport, which would wait for itself.
  [[nodiscard]] std::vector<Result<ImageReply>> generate_images(const std::vector<ImageRequest>& requests,
                                                                const ImagesOptions& images = {},
                                                                const CallOptions& options = {}) const;

  /// The same, and tells after each request that one more has ended, on the caller's thread. What the callback throws
  /// cancels the requests in flight, and comes out of this call.
  template <ImageProgressConsumer OnProgress>
  [[nodiscard]] std::vector<Result<ImageReply>> generate_images(const std::vector<ImageRequest>& requests,
                                                                OnProgress&& on_progress,
                                                                const ImagesOptions& images = {},
                                                                const CallOptions& options = {}) const {
    const detail::ImageProgressCallback callback(on_progress);
    return generate_images_with(requests, &callback, images, options);
  }

  /// Orders several pictures, a few at a time, without waiting. Requests are copied; the first are encoded before
  /// this returns, others on the transport's thread in their turn. There is a result for each request, also after
  /// `Pending::cancel`, which ends all: what was made before stays. Errors of each: as `generate_images`, but callbacks
  /// may call this.
  [[nodiscard]] Pending<std::vector<Result<ImageReply>>> generate_images_async(
      const std::vector<ImageRequest>& requests, const ImagesOptions& images = {},
      const CallOptions& options = {}) const;

  /// The same `Pending`, telling after each request that one more has ended, never twice at the same time: on the
  /// transport's thread, or, before this returns, on this one, for which `shutdown` on another thread does not wait.
  /// What the callback throws ends all, of which it is told no more, and comes out of `Pending::get`. The callable
  /// is destroyed when all have ended, before the result is there.
  template <ImageProgressConsumer OnProgress>
  auto generate_images_async(const std::vector<ImageRequest>& requests, OnProgress on_progress,
                             const ImagesOptions& images = {}, const CallOptions& options = {}) const {
    return start_images(requests, images, options,
                        std::make_unique<detail::ImageProgressFunction<OnProgress>>(std::move(on_progress)));
  }

  /// Fetches a picture, or decodes it from its `data:` URL, into a file. The download is a plain GET from whatever host
  /// the URL names, by https, or by http to loopback or with `ClientOptions::allow_http`; it carries no credentials,
  /// and follows no redirect. What is no known picture by its first bytes, or was cut, is refused.
  ///
  /// The bytes go to a temporary file in the same directory, which gets the name when it is whole; the directory must
  /// exist. On failure nothing is left, and a file that had the name before is as it was. A symbolic link of that name
  /// is replaced by the file, permissions are those of any new file.
  ///
  /// Errors: `invalid_argument` for a URL or path that cannot be used; `io` when the file cannot be written (a full
  /// disk, say); `too_large`; `protocol` for what is no picture; and those of any download, none of which is
  /// `maybe_processed`.
  [[nodiscard]] Result<SavedFile> save(const GeneratedImage& image, const std::string& path,
                                       const SaveOptions& options = {}) const;

  /// The same without waiting for the download. The file is written on the transport's thread; a `data:` URL before
  /// this returns.
  [[nodiscard]] Pending<SavedFile> save_async(const GeneratedImage& image, const std::string& path,
                                              const SaveOptions& options = {}) const;

  /// Uploads a local file in pieces, and waits. Errors: every `ErrorKind`; `invalid_argument` for what is no regular
  /// file, or empty; `io` for a file that cannot be read, or changed meanwhile; `protocol` for a reply without a URL.
  /// `Timeouts::first_byte` and `total` must leave time to send all of it.
  [[nodiscard]] Result<UploadedFile> upload(const std::string& path, const CallOptions& options = {}) const;

  /// The same for what the request describes.
  [[nodiscard]] Result<UploadedFile> upload(const UploadRequest& request, const CallOptions& options = {}) const;

  /// The same, a `Result<UploadedFile>`, telling how far it is. (Named here, that type would cost every program that
  /// includes this.)
  template <UploadProgressConsumer OnProgress>
  [[nodiscard]] auto upload(const UploadRequest& request, OnProgress&& on_progress,
                            const CallOptions& options = {}) const {
    return upload_with(request, detail::UploadProgressCallback(on_progress), options);
  }

  /// Uploads without waiting. A file is opened before this returns, and read on the transport's thread, as is a source,
  /// which should not keep that waiting.
  [[nodiscard]] Pending<UploadedFile> upload_async(const UploadRequest& request, const CallOptions& options = {}) const;

  /// The same, a `Pending<UploadedFile>`, telling how far it is, on the transport's thread. The callable is destroyed
  /// when the call has ended.
  template <UploadProgressConsumer OnProgress>
  auto upload_async(const UploadRequest& request, OnProgress on_progress, const CallOptions& options = {}) const {
    return start_upload(request, options,
                        std::make_unique<detail::UploadProgressFunction<OnProgress>>(std::move(on_progress)));
  }

  /// Makes a picture in a local file ready for a message: uploads it, or, when the service does not take it, falls back
  /// to the file itself, as `image_file` makes it, and says why. It falls back when the service refuses the upload (but
  /// not for its credentials), its reply cannot be used, or the connection breaks or a deadline passes once the upload
  /// has begun. It does not when the host cannot be reached, the call was cancelled, the file cannot be read or
  /// changed, or is larger than `default_max_image_bytes`: then the upload's error is the result.
  /// Errors: as `upload`; `invalid_argument` also for what is no known picture format.
  [[nodiscard]] Result<AttachedImage> attach_image(const std::string& path, const CallOptions& options = {}) const;

  /// The same without waiting.
  [[nodiscard]] Pending<AttachedImage> attach_image_async(const std::string& path,
                                                          const CallOptions& options = {}) const;

  /// Where the transport is `poll_driven`: runs what is ready, after waiting for that at most `budget`. Whether
  /// asynchronous calls of this client are in flight; pieces of their streams may be left to read after that. Elsewhere
  /// it only tells that, at once, whatever the budget.
  bool poll(std::chrono::milliseconds budget = std::chrono::milliseconds(0)) const;

  /// Takes no more asynchronous calls and pulled streams on any copy of this client (they end as `cancelled`), waits at
  /// most `grace` for those in flight, and cancels the rest: none of their callbacks runs after it returns. Whether
  /// none had to be cancelled. Within a callback it waits for nothing, as the destructor. Blocking calls are left
  /// alone.
  bool shutdown(std::chrono::milliseconds grace = std::chrono::milliseconds(0));

  /// Replaces the credentials for calls that start from now on, on every copy of this client.
  /// Errors: `configuration` when one is empty or has characters that a header may not carry.
  [[nodiscard]] Result<void> set_credentials(const Credentials& credentials);

 private:
  friend struct detail::ClientAccess;
  struct Impl;
  explicit ChatClient(std::shared_ptr<Impl> impl) noexcept;
  [[nodiscard]] Result<ChatReply> chat_with(const ChatRequest& request, const detail::DeltaCallback& on_delta,
                                            const CallOptions& options) const;
  [[nodiscard]] std::vector<Result<ImageReply>> generate_images_with(const std::vector<ImageRequest>& requests,
                                                                     const detail::ImageProgressCallback* on_progress,
                                                                     const ImagesOptions& images,
                                                                     const CallOptions& options) const;
  [[nodiscard]] Pending<std::vector<Result<ImageReply>>> start_images(
      const std::vector<ImageRequest>& requests, const ImagesOptions& images, const CallOptions& options,
      std::unique_ptr<detail::OwnedImageProgress> on_progress) const;
  [[nodiscard]] Pending<ChatReply> start_chat(const ChatRequest& request, const CallOptions& options,
                                              std::unique_ptr<detail::OwnedDeltaCallback> on_delta) const;
  [[nodiscard]] Result<UploadedFile> upload_with(const UploadRequest& request,
                                                 const detail::UploadProgressCallback& on_progress,
                                                 const CallOptions& options) const;
  [[nodiscard]] Pending<UploadedFile> start_upload(const UploadRequest& request, const CallOptions& options,
                                                   std::unique_ptr<detail::OwnedUploadProgress> on_progress) const;

  std::shared_ptr<Impl> impl_;
};

}  // namespace chatopen
