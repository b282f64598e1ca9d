#include "base/refusal.hpp"
#include "client/usage_sum.hpp"
#include "codec/json_text.hpp"
#include "codec/strict_json.hpp"
#include "codec/utf8.hpp"

#include <chatopen/tools.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace chatopen {
namespace {

bool refuses(const std::vector<ToolHandler>& handlers, const ToolOptions& options, Error& fault) {
  const auto refuse = [&fault](std::initializer_list<std::string_view> what, std::string_view detail = {}) {
    return base::refuse(fault, ErrorKind::invalid_argument, what, {detail});
  };
  if (options.max_steps < 1) return refuse({"max_steps is less than 1"});
  for (std::size_t i = 0; i < handlers.size(); ++i) {
    const std::string& name = handlers[i].tool.name;
    if (!handlers[i].run) return refuse({"handlers[", std::to_string(i), "].run is empty"}, "set the function");
    const auto same = [&name](const ToolHandler& other) { return other.tool.name == name; };
    if (std::any_of(handlers.begin(), handlers.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      return refuse({"two handlers are named ", name});
    }
  }
  return false;
}

void add_tools(ChatRequest& request, const std::vector<ToolHandler>& handlers) {
  for (const ToolHandler& handler : handlers) {
    const auto same = [&handler](const Tool& tool) { return tool.name == handler.tool.name; };
    if (std::none_of(request.tools.begin(), request.tools.end(), same)) request.tools.push_back(handler.tool);
  }
}

Error unusable(std::initializer_list<std::string_view> what, std::string_view detail = {}) {
  return base::refusal(ErrorKind::protocol, what, {detail});
}

// Some servers leave it out, and results must refer to something.
void name_calls(std::vector<ToolCall>& calls, int step) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].id.empty()) calls[i].id = "call_" + std::to_string(step) + "_" + std::to_string(i + 1);
  }
}

}  // namespace

ToolLoop::ToolLoop(ChatRequest request, std::vector<ToolHandler> handlers, ToolOptions options)
    : request_(std::move(request)),
      handlers_(std::move(handlers)),
      options_(std::move(options)),
      run_{.reply = base::refusal(ErrorKind::cancelled, {"the run of tools was left before its answer"})} {
  Error fault;
  if (refuses(handlers_, options_, fault)) {
    end(std::move(fault));
  } else {
    add_tools(request_, handlers_);
  }
}

void ToolLoop::end(Result<ChatReply> reply) {
  run_.reply = std::move(reply);
  done_ = true;
}

void ToolLoop::accept(Result<ChatReply> reply) {
  if (done_) return;
  ++run_.steps;
  if (!reply) {
    Error error = std::move(reply).error();
    error.maybe_processed = error.maybe_processed || run_.steps > 1;
    return end(std::move(error));
  }
  client::add_usage(run_.usage, reply->usage());
  Message said = as_message(*reply);
  name_calls(said.tool_calls, run_.steps);
  const std::vector<ToolCall> calls = said.tool_calls;
  request_.messages.push_back(said);
  run_.transcript.push_back(std::move(said));
  if (calls.empty()) return end(std::move(reply));
  if (run_.steps >= options_.max_steps) {
    Error error = base::refusal(
        ErrorKind::too_large,
        {"the model still calls tools after ", std::to_string(run_.steps), run_.steps == 1 ? " step" : " steps"},
        {"raise max_steps, or go on from the transcript; the calls of its last message did not run"});
    error.maybe_processed = true;
    return end(std::move(error));
  }
  // Also when a handler throws.
  done_ = true;
  for (const ToolCall& call : calls) {
    if (!run(call)) return;
  }
  done_ = false;
  if (request_.tool_choice != "none" && request_.tool_choice != "auto") request_.tool_choice.clear();
}

// False when that ends the run.
bool ToolLoop::run(const ToolCall& call) {
  if (options_.call.cancel.cancelled()) {
    Error error = codec::json_fault(ErrorKind::cancelled, "cancelled before the tool " + call.name + " ran");
    error.maybe_processed = true;
    end(std::move(error));
    return false;
  }
  Result<std::string> result = result_of(call);
  if (!result) {
    Error error = std::move(result).error();
    if (options_.on_fault == ToolFault::end_run) {
      // The name is the model's.
      error.message = codec::json_fault(error.kind, "the tool " + call.name + ": ").message + error.message;
      error.maybe_processed = true;
      end(std::move(error));
      return false;
    }
    result = "error: " + error.message + (error.detail.empty() ? "" : " (" + error.detail + ")");
    if (!codec::is_utf8(*result)) result = std::string("error: the tool failed");
  }
  run_.transcript.push_back(Message::tool(call.id, *std::move(result)));
  request_.messages.push_back(run_.transcript.back());
  return true;
}

Result<std::string> ToolLoop::result_of(const ToolCall& call) {
  const auto handler = std::find_if(handlers_.begin(), handlers_.end(),
                                    [&](const ToolHandler& each) { return each.tool.name == call.name; });
  if (handler == handlers_.end()) {
    std::string names;
    for (const ToolHandler& each : handlers_) names += (names.empty() ? "" : ", ") + each.tool.name;
    return unusable({"there is no tool of this name"}, names.empty() ? names : "the tools are: " + names);
  }
  const bool has_arguments = call.arguments.find_first_not_of(" \t\r\n") != std::string::npos;
  const std::string arguments = has_arguments ? call.arguments : "{}";
  if (const auto fault = codec::fault_in_json(arguments)) return unusable({"the arguments are ", *fault});
  if (!codec::looks_like_object(arguments)) return unusable({"the arguments are no JSON object"});
  if (options_.approve) {
    const ToolApproval approval = options_.approve(call);
    if (!approval.allowed) {
      return "denied" + (approval.reason.empty() ? std::string(" by the user") : ": " + approval.reason);
    }
  }
  Result<std::string> result = handler->run(arguments);
  if (result && !codec::is_utf8(*result)) {
    return base::refusal(ErrorKind::invalid_argument, {"it returned text that is not valid UTF-8"});
  }
  return result;
}

ToolRun ToolLoop::finish() && {
  return std::move(run_);
}

}  // namespace chatopen
