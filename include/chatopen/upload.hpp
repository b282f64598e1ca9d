#pragma once

/// @file
/// Uploads: what is sent, and what the service says about it. Path and form (`multipart/form-data` with one part named
/// `file`) are observed, not documented.

#include <chatopen/content.hpp>
#include <chatopen/endpoint.hpp>
#include <chatopen/error.hpp>
#include <chatopen/export.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace chatopen {

class BodySource;

/// A shared `BodySource` (see `chatopen/transport.hpp`), or none.
class UploadSource {
 public:
  /// None.
  UploadSource() noexcept = default;
  /// Any source.
  template <typename Source>
  UploadSource(const std::shared_ptr<Source>& source) noexcept  // NOLINT(*-explicit-*)
      : owner_(source, nullptr), source_(source.get()) {}

  /// Null for none.
  [[nodiscard]] BodySource* get() const noexcept { return source_; }

 private:
  // Only keeps the source alive, so its type does not matter; one of its own would cost every program that includes
  // this.
  std::shared_ptr<const std::string> owner_;
  BodySource* source_ = nullptr;
};

/// A file to upload: exactly one of `path`, `bytes` and `source`. It is read in pieces while it is sent, so that its
/// size does not matter to the memory.
struct UploadRequest {
  /// Where it goes; of the upload form.
  Endpoint endpoint = endpoints::file_upload();
  /// A local regular file. It is opened before anything is sent, and must stay what it is until the call ends: one that
  /// shrinks, grows, is written to, replaced or removed meanwhile is an `io` error.
  std::string path = {};
  /// Bytes in memory. Shared, never copied.
  std::shared_ptr<const std::string> bytes = {};
  /// A `std::shared_ptr` to anything that can be read in pieces and knows its size (see `chatopen/transport.hpp`), at
  /// its beginning. One call at a time. It is sent again only when it can be rewound. What it throws, the call throws.
  UploadSource source = {};
  /// The name that is sent: valid UTF-8 without control characters and directories. Empty for the last part of `path`;
  /// otherwise `file`, with the extension of a picture's format where that is known.
  std::string file_name = {};
  /// Such as `image/png`. Empty for what the first bytes of a file, or of `bytes`, show a picture to be;
  /// `application/octet-stream` when they show none, and for a `source`, which is not looked at beforehand.
  std::string media_type = {};
};

/// A file that the service took.
struct CHATOPEN_EXPORT UploadedFile {
  /// Where the service put it: `http:` or `https:`. It may hold a signature, and then is a secret.
  std::string url = {};
  /// The service's identifier of the request, for its support; empty when it gave none.
  std::string request_id = {};
  /// How many times the upload was started on the network: 1 unless it was retried.
  int attempts = 1;
  /// The reply's body as it came.
  std::string raw = {};
};

/// A local picture that is ready to be put into a message: see `ChatClient::attach_image`.
struct CHATOPEN_EXPORT AttachedImage {
  /// By its URL at the service; or, as fallback, the file, which is then sent as a `data:` URL.
  ImagePart part;
  /// Why the upload failed, when the fallback was taken; otherwise null.
  std::shared_ptr<const Error> fallback_reason = {};
};

/// What may hear of an upload's progress: a callable that takes how many bytes of the file have been handed over for
/// sending, and how many it has, and returns void, or bool, where false cancels the call. The first number grows up to
/// the second, and starts again when the upload is sent again.
template <typename Callable>
concept UploadProgressConsumer = std::is_invocable_r_v<void, Callable&, std::uint64_t, std::uint64_t>;

namespace detail {

// A reference to such a callable. Does not own it.
class UploadProgressCallback {
 public:
  template <typename Callable>
  explicit UploadProgressCallback(Callable& callable) noexcept
      : object_(const_cast<void*>(static_cast<const void*>(&callable))), call_(&call<Callable>) {}

  /// False when the callable cancels.
  bool operator()(std::uint64_t sent, std::uint64_t total) const { return call_(object_, sent, total); }

 private:
  template <typename Callable>
  static bool call(void* object, std::uint64_t sent, std::uint64_t total) {
    Callable& callable = *static_cast<Callable*>(object);
    if constexpr (requires { static_cast<bool>(callable(sent, total)); }) {
      return static_cast<bool>(callable(sent, total));
    } else {
      callable(sent, total);
      return true;
    }
  }

  void* object_;
  bool (*call_)(void*, std::uint64_t, std::uint64_t);
};

// A callable that an asynchronous call keeps.
class OwnedUploadProgress {
 public:
  virtual ~OwnedUploadProgress() = default;
  virtual bool run(std::uint64_t sent, std::uint64_t total) = 0;
};

template <typename Callable>
class UploadProgressFunction final : public OwnedUploadProgress {
 public:
  explicit UploadProgressFunction(Callable callable) : callable_(std::move(callable)) {}
  bool run(std::uint64_t sent, std::uint64_t total) override { return UploadProgressCallback(callable_)(sent, total); }

 private:
  Callable callable_;
};

}  // namespace detail

}  // namespace chatopen
