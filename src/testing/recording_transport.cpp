#include <chatopen/testing/recording_transport.hpp>

#include "testing/recorder.hpp"
#include "testing/request_body.hpp"

#include <filesystem>
#include <optional>
#include <utility>

namespace chatopen::testing {
namespace {

Error unusable(std::string message, std::string detail) {
  return {.kind = ErrorKind::configuration, .message = std::move(message), .detail = std::move(detail)};
}

bool is_pointer(std::string_view member) {
  for (std::size_t at = member.find('~'); at != std::string_view::npos; at = member.find('~', at + 1)) {
    const std::string_view escaped = member.substr(at + 1, 1);
    if (escaped != "0" && escaped != "1") return false;
  }
  return true;
}

// Listens to one exchange.
class Listener final : public ResponseSink, public ExchangeCompletion {
 public:
  Listener(std::shared_ptr<Recorder> recorder, const HttpRequest& request, ResponseSink& sink)
      : recorder_(std::move(recorder)), slot_(recorder_->reserve()), sink_(sink) {
    raw_.method = request.method;
    raw_.url = request.url;
    raw_.request_headers = request.headers;
    if (request.body.source() == nullptr) {
      raw_.request_body = request.body.text();
    } else {
      source_ = std::make_shared<CopyingSource>(request.body);
    }
  }
  // For a started exchange.
  void keep(std::shared_ptr<ResponseSink> sink, std::shared_ptr<ExchangeCompletion> completion) {
    owned_sink_ = std::move(sink);
    completion_ = std::move(completion);
  }

  // What to send in place of the request, where its body has to be listened to.
  [[nodiscard]] std::optional<HttpRequest> substitute(const HttpRequest& request) const {
    if (source_ == nullptr) return std::nullopt;
    HttpRequest copy = request;
    copy.body = Body(source_);
    return copy;
  }

  SinkAction on_head(int status, const std::vector<HttpHeader>& headers) override {
    raw_.status = status;
    raw_.reply_headers = headers;
    return note(sink_.on_head(status, headers));
  }
  SinkAction on_body(std::string_view bytes) override {
    raw_.reply_body.append(bytes);
    return note(sink_.on_body(bytes));
  }
  void on_complete(TransportOutcome outcome) override {
    record(outcome);
    completion_->on_complete(std::move(outcome));
  }
  void record(const TransportOutcome& outcome) {
    if (source_ != nullptr) raw_.request_body = source_->copy();
    recorder_->record(slot_, std::move(raw_), outcome);
  }

 private:
  SinkAction note(SinkAction action) {
    raw_.finished = action == SinkAction::finish;
    return action;
  }

  std::shared_ptr<Recorder> recorder_;
  std::size_t slot_;
  ResponseSink& sink_;
  std::shared_ptr<ResponseSink> owned_sink_;
  std::shared_ptr<ExchangeCompletion> completion_;
  std::shared_ptr<CopyingSource> source_;
  RawExchange raw_;
};

}  // namespace

struct RecordingTransport::Impl {
  std::shared_ptr<Transport> transport;
  std::shared_ptr<Recorder> recorder;
};

Result<std::shared_ptr<RecordingTransport>> RecordingTransport::create(std::shared_ptr<Transport> transport,
                                                                       std::string cassette, RecordingOptions options) {
  if (transport == nullptr) {
    return unusable("there is no transport to record", "give CurlTransport::create() or another one");
  }
  for (const std::string& member : options.redact_members) {
    if (member.starts_with('/') && !is_pointer(member)) {
      return unusable("redact_members has '" + member + "', which is no JSON pointer", "write ~ as ~0, and / as ~1");
    }
    if (member.empty()) return unusable("redact_members has an empty name", "leave it out");
  }
  const std::filesystem::path directory = std::filesystem::path(cassette).parent_path();
  std::error_code ignored;
  const auto refuse = [&cassette](const char* why) {
    return Error{.kind = ErrorKind::io, .message = "cannot write the cassette '" + cassette + "'", .detail = why};
  };
  if (cassette.empty() || std::filesystem::is_directory(cassette, ignored)) return refuse("the path names no file");
  if (!directory.empty() && !std::filesystem::is_directory(directory, ignored)) {
    return refuse("its directory is not there: create it");
  }
  auto recorder = std::make_shared<Recorder>(std::move(cassette), std::move(options));
  auto impl = std::make_unique<Impl>(Impl{std::move(transport), std::move(recorder)});
  return std::shared_ptr<RecordingTransport>(new RecordingTransport(std::move(impl)));
}

RecordingTransport::RecordingTransport(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

RecordingTransport::~RecordingTransport() {
  if (impl_->recorder->has_unsaved()) static_cast<void>(impl_->recorder->save());
}

Result<void> RecordingTransport::save() {
  return impl_->recorder->save();
}

std::size_t RecordingTransport::recorded() const {
  return impl_->recorder->recorded();
}

TransportOutcome RecordingTransport::perform(const HttpRequest& request, ResponseSink& sink,
                                             const CancelToken& cancel) {
  Listener listener(impl_->recorder, request, sink);
  const std::optional<HttpRequest> substitute = listener.substitute(request);
  TransportOutcome outcome = impl_->transport->perform(substitute ? *substitute : request, listener, cancel);
  listener.record(outcome);
  return outcome;
}

std::unique_ptr<Exchange> RecordingTransport::start(std::shared_ptr<const HttpRequest> request,
                                                    std::shared_ptr<ResponseSink> sink,
                                                    std::shared_ptr<ExchangeCompletion> completion) {
  const auto listener = std::make_shared<Listener>(impl_->recorder, *request, *sink);
  listener->keep(std::move(sink), std::move(completion));
  if (auto substitute = listener->substitute(*request)) {
    request = std::make_shared<const HttpRequest>(*std::move(substitute));
  }
  return impl_->transport->start(std::move(request), listener, listener);
}

bool RecordingTransport::poll_driven() const noexcept {
  return impl_->transport->poll_driven();
}

bool RecordingTransport::poll(std::chrono::milliseconds budget) {
  return impl_->transport->poll(budget);
}

}  // namespace chatopen::testing
