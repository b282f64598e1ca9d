#include "client/download.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"
#include "client/check.hpp"
#include "client/core.hpp"
#include "client/timeouts.hpp"
#include "codec/base64_decode.hpp"
#include "codec/data_url.hpp"
#include "transport/url.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

constexpr std::string_view data_scheme = "data:";

bool refuse(Error& fault, std::string_view message, std::string_view detail = {}) {
  return base::refuse(fault, ErrorKind::invalid_argument, {"the picture's URL ", message}, {detail});
}

// Scheme, host and port.
std::string_view origin_of(std::string_view url) {
  const std::size_t authority = url.find("://");
  return authority == std::string_view::npos ? url : url.substr(0, url.find_first_of("/?#", authority + 3));
}

// What the service did not encode, behind the host, and without the fragment, which is not for servers.
std::string encoded_url(std::string_view url) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  url = url.substr(0, url.find('#'));
  std::string encoded(origin_of(url));
  for (const char c : url.substr(encoded.size())) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::string_view(" \"<>^`{|}").find(c) == std::string_view::npos) {
      encoded += c;
    } else {
      encoded.append({'%', hex[byte >> 4], hex[byte & 15]});
    }
  }
  return encoded;
}

bool refuses_url(const std::string& url, bool allow_http, Error& fault) {
  if (url.empty()) return refuse(fault, "is empty");
  const std::optional<transport::UrlTarget> target = transport::split_url(url);
  if (!target) return refuse(fault, "is no http, https or data URL", "the service's reply says where the picture is");
  if (!target->https && !allow_http && !transport::is_loopback(target->host)) {
    return refuse(fault, "uses http, so that anybody on the way could change the picture",
                  "set ClientOptions::allow_http to permit it");
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<PreparedCall>> prepare_download(Core& core, const std::string& url, const SaveOptions& options) {
  const ClientOptions& client = core.options();
  // For its redactor only: nothing of it is sent.
  auto prepared = std::make_unique<PreparedCall>(core.credentials());
  prepared->started = client.clock->now();
  HttpRequest& http = *prepared->request;
  http.method = "GET";
  http.url = encoded_url(url);
  Error fault;
  if (refuses(options.timeouts, fault) || (options.retry && refuses(*options.retry, fault)) ||
      refuses_url(http.url, client.allow_http, fault)) {
    return fault;
  }
  http.headers = {{"Accept", "image/*"}, {"Accept-Encoding", "identity"}};
  http.timeouts = inherit(options.timeouts, client.timeouts);
  http.limits = client.limits;
  // The file has a cap of its own, whose error says more.
  http.limits.max_reply_bytes = std::numeric_limits<std::size_t>::max();
  http.anonymous = origin_of(http.url) != origin_of(client.base_url);
  prepared->retry = options.retry ? *options.retry : client.retry;
  prepared->retry.retry_ambiguous = true;
  prepared->cancel = options.cancel;
  if (client.observer != nullptr) {
    prepared->observation = Observation(client.observer, *client.clock, {}, http.url, {}, false);
  }
  return prepared;
}

bool is_data_url(const std::string& url) noexcept {
  return base::equal_ignoring_case(std::string_view(url).substr(0, data_scheme.size()), data_scheme);
}

Result<SavedFile> save_data_url(const std::string& url, const std::string& path, const SaveOptions& options) {
  auto file = PictureFile::create(path, options);
  if (!file) return std::move(file).error();
  const auto base64 = codec::base64_in_data_url(url);
  if (!base64) {
    return base::refusal(ErrorKind::protocol, {"the picture's data: URL is not in Base64"},
                         {"expected data:image/...;base64,..."});
  }
  std::string_view text = *base64;
  // Up to two bytes fewer, which a picture that is so large can spare.
  const std::size_t size = codec::base64_decoded_size(text.size());
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bool taken = file->expect(size - std::min(padding, size));
  constexpr std::size_t piece_size = std::size_t{4} * 4096;
  std::array<char, codec::base64_decoded_size(piece_size)> bytes;
  while (taken && !text.empty()) {
    const std::string_view piece = text.substr(0, piece_size);
    text.remove_prefix(piece.size());
    std::size_t count = 0;
    const bool padded_early = !text.empty() && piece.ends_with('=');
    if (padded_early || !codec::base64_decode(piece, bytes.data(), count)) {
      return base::refusal(ErrorKind::protocol, {"the picture's data: URL is not strict Base64"});
    }
    taken = file->add({bytes.data(), count});
  }
  return file->finish();
}

void DownloadReceiver::restart() {
  Receiver::restart();
  file_->restart();
}

void DownloadReceiver::begin_body() {
  const auto announced = base::parse_digits(header("content-length"));
  if (announced) static_cast<void>(file_->expect(static_cast<std::uint64_t>(*announced)));
}

SinkAction DownloadReceiver::add_body(std::string_view bytes) {
  return file_->add(bytes) ? SinkAction::proceed : SinkAction::stop;
}

std::optional<FailedAttempt> DownloadReceiver::finish(const TransportOutcome& outcome) {
  if (file_->fault() == nullptr && outcome.body_end != BodyEnd::proven) {
    return cut("the connection closed, and nothing shows that the picture is whole");
  }
  if (file_->fault() == nullptr && status() != 200) {
    return FailedAttempt{base::refusal(ErrorKind::protocol, {"the server answered with status ",
                                                             std::to_string(status()), " instead of the picture"})};
  }
  Result<SavedFile> saved = file_->finish();
  if (!saved) {
    FailedAttempt failed{std::move(saved).error()};
    const std::string_view media_type = header("content-type");
    if (failed.error.kind == ErrorKind::protocol && !media_type.empty()) {
      constexpr std::size_t longest = 128;
      failed.error.detail += "; the server calls it " + redactor().redact(media_type, longest);
    }
    return failed;
  }
  saved_ = *std::move(saved);
  return std::nullopt;
}

void DownloadReceiver::weigh(FailedAttempt& failed) const {
  Error& error = failed.error;
  // A download costs nothing.
  error.maybe_processed = false;
  if (error.kind == ErrorKind::redirect_refused) {
    error.message = "the picture's server answered with a redirect, which is not followed";
    constexpr std::size_t longest = 512;
    const std::string_view location = header("location");
    error.detail = location.empty()
                       ? std::string()
                       : "the redirect leads to " + redactor().redact(base::loggable_url(location), longest);
  } else if (error.detail.empty() && (status() == 403 || status() == 404 || status() == 410)) {
    error.detail = "the picture's URL may have expired";
  }
}

Error DownloadReceiver::fail(Error error) {
  file_.reset();
  error.maybe_processed = false;
  return error;
}

}  // namespace chatopen::client
