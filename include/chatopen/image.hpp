#pragma once

/// @file
/// Pictures to order: `ImageRequest`, what comes back, and how it is saved. The form of the request and of its reply
/// are observed, not documented (docs/provenance.md).

#include <chatopen/cancel.hpp>
#include <chatopen/content.hpp>
#include <chatopen/endpoint.hpp>
#include <chatopen/export.hpp>
#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace chatopen {

/// A picture to order. Only `endpoint` and `prompt` are required; the rest is sent only when set. Values are not
/// interpreted, because the service may know others than those that were observed. All text must be valid UTF-8.
struct ImageRequest {
  /// Of the image form: `endpoints::gpt_image_1()`, or `Endpoint::custom(path, WireForm::image)`.
  Endpoint endpoint = {};
  /// What the picture shows. Not empty.
  std::string prompt = {};
  /// Width to height. Observed: `1:1`, `9:16`, `16:9`, `3:4`, `4:3`, `5:1`.
  std::string aspect_ratio = {};
  /// Observed: `1K`, `2K`.
  std::string resolution = {};
  /// Observed: `png`, `jpeg`.
  std::string output_format = {};
  /// Whether the model may search the web (`enableGoogleSearch`).
  std::optional<bool> enable_search = {};
  /// Pictures to go by: by URL, from memory or from a file. What is local is sent as a `data:` URL.
  std::vector<ImagePart> references{};
  /// A JSON object as text, whose members are added to the body as they are; empty for none.
  std::string extra = {};
};

/// A picture that was made. It is still where the service put it: `ChatClient::save` fetches it.
struct GeneratedImage {
  /// An `http:`, `https:` or `data:` URL. The first two may expire, and may hold a signature: treat them as secrets.
  std::string url = {};
  /// In pixels, as the service says; 0 when it does not.
  std::int64_t width = 0;
  /// As `width`.
  std::int64_t height = 0;
};

/// What the service made.
struct CHATOPEN_EXPORT ImageReply {
  /// In the service's order; at least one.
  std::vector<GeneratedImage> images{};
  /// The service's identifier of the request, for its support; empty when it gave none.
  std::string request_id = {};
  /// How many times the request was started on the network: 1 unless it was retried.
  int attempts = 1;
  /// The body as it came.
  std::string raw = {};
};

/// A picture in a file.
struct CHATOPEN_EXPORT SavedFile {
  /// As it was given to `ChatClient::save`.
  std::string path = {};
  /// Its size.
  std::uint64_t bytes = 0;
  /// Told by the picture's first bytes, whatever the server calls it: `image/png`, `image/jpeg`, `image/gif`,
  /// `image/webp` or `image/bmp`.
  std::string media_type = {};
};

/// How a picture is saved.
struct SaveOptions {
  /// A larger picture is refused as `too_large`. Default 64 MiB.
  std::uint64_t max_bytes = std::uint64_t{64} * 1024 * 1024;
  /// Replace a file of that name, at once and as a whole; false makes it an `io` error.
  bool overwrite = true;
  /// Wait until the file is on the disk, so that it also survives a loss of power.
  bool sync = false;
  /// Of the download. What is set here replaces the client's.
  Timeouts timeouts = {};
  /// Of the download; empty for the client's policy. What may have been processed is sent again too, since a download
  /// costs nothing.
  std::optional<RetryPolicy> retry = {};
  /// Ends it early, as `ErrorKind::cancelled`.
  CancelToken cancel = {};
};

/// How far `ChatClient::generate_images` and `generate_images_async` are: one more request has ended.
struct ImageProgress {
  /// Requests that have ended, this one included.
  std::size_t finished = 0;
  /// All requests.
  std::size_t total = 0;
  /// Which request it was, in the order in which they were given.
  std::size_t index = 0;
  /// What became of it. Valid during the callback only.
  const Result<ImageReply>& result;
};

/// What may be told about the progress: a callable that takes `const ImageProgress&`.
template <typename Callable>
concept ImageProgressConsumer = std::is_invocable_v<Callable&, const ImageProgress&>;

/// How several pictures are ordered.
struct ImagesOptions {
  /// Requests in flight at the same time, at least 1; the others wait for one to end.
  int max_concurrent = 4;
};

namespace detail {

/// A reference to a callable that takes `const ImageProgress&`. Does not own it.
class ImageProgressCallback {
 public:
  template <typename Callable>
  explicit ImageProgressCallback(Callable& callable) noexcept
      : object_(const_cast<void*>(static_cast<const void*>(&callable))), call_(&call<Callable>) {}

  void operator()(const ImageProgress& progress) const { call_(object_, progress); }

 private:
  template <typename Callable>
  static void call(void* object, const ImageProgress& progress) {
    (*static_cast<Callable*>(object))(progress);
  }

  void* object_;
  void (*call_)(void*, const ImageProgress&);
};

// A callable that an asynchronous call keeps.
class OwnedImageProgress {
 public:
  virtual ~OwnedImageProgress() = default;
  virtual void run(const ImageProgress& progress) = 0;
};

template <typename Callable>
class ImageProgressFunction final : public OwnedImageProgress {
 public:
  explicit ImageProgressFunction(Callable callable) : callable_(std::move(callable)) {}
  void run(const ImageProgress& progress) override { callable_(progress); }

 private:
  Callable callable_;
};

}  // namespace detail

}  // namespace chatopen
