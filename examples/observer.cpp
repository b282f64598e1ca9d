// One line per call, retries included, in OpenTelemetry's names: docs/observability.md has them all.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/observer.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

namespace co = chatopen;
using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

class OneLinePerCall : public co::Observer {
 public:
  void on_first_delta(const co::CallInfo& call, const co::FirstDelta& event) noexcept override {
    note(call) << " gen_ai.response.time_to_first_chunk=" << Seconds(event.latency).count();
  }
  void on_retry(const co::CallInfo& call, const co::RetryScheduled& event) noexcept override {
    note(call) << " retry=" << co::to_string(event.reason.kind) << "/" << Seconds(event.wait).count() << "s";
  }
  void on_complete(const co::CallInfo& call, const co::CallCompleted& event) noexcept override {
    std::ostringstream line;
    line << "gen_ai.operation.name=chat gen_ai.request.model=" << call.model << " url.full=" << call.url;
    if (call.streaming) line << " gen_ai.request.stream=true";
    if (event.status != 0) line << " http.response.status_code=" << event.status;
    if (event.error != nullptr) line << " error.type=" << co::to_string(event.error->kind);
    if (!event.finish_reason.empty()) line << " gen_ai.response.finish_reasons=" << event.finish_reason;
    if (event.usage) {
      line << " gen_ai.usage.input_tokens=" << event.usage->prompt_tokens
           << " gen_ai.usage.output_tokens=" << event.usage->completion_tokens;
    }
    line << " gen_ai.client.operation.duration=" << Seconds(event.duration).count() << " attempts=" << event.attempts;
    const std::lock_guard lock(mutex_);
    std::cout << line.str() << notes_[call.call_id].str() << '\n';
    notes_.erase(call.call_id);
  }

 private:
  // Calls are told apart by their id. Events of one call never overlap, those of several do.
  std::ostream& note(const co::CallInfo& call) {
    const std::lock_guard lock(mutex_);
    return notes_[call.call_id];
  }

  std::mutex mutex_;
  std::map<std::uint64_t, std::ostringstream> notes_;
};

int main() {
  auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  options->observer = std::make_shared<OneLinePerCall>();
  options->retry = {.max_retries = 1, .initial_backoff = 10ms};
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }
  const co::ChatRequest request{.endpoint = co::endpoints::gpt_4o(), .messages = {co::Message::user("Hello?")}};
  (void)client->chat(request);
  (void)client->chat(request, [](const co::ChatDelta&) {});
  // The sandbox is busy on demand; a real service ignores this header.
  (void)client->chat(request, {.headers = {{"X-Sandbox-Reply", "status=503"}}});
}
