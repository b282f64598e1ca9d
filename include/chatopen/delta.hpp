#pragma once

/// @file
/// `ChatDelta`: the next piece of a streamed reply.

#include <chatopen/reply.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace chatopen {

/// A piece of a tool call. Pieces with the same index belong to one call.
struct ToolCallDelta {
  /// Which of the reply's tool calls this is a piece of, from 0. Where the server does not say it, another identifier
  /// begins another call.
  int index = 0;
  /// Usually in a call's first piece only.
  std::string id = {};
  /// Usually in a call's first piece only.
  std::string name = {};
  /// The next piece of the arguments' JSON text.
  std::string arguments = {};
};

/// The next piece of a streamed reply. Usually only one member is set. It owns its strings; a callback that keeps one
/// copies it, because the SDK reuses the object for the next delta.
struct ChatDelta {
  /// The next piece of the answer, valid UTF-8.
  std::string text = {};
  /// The next piece of what a reasoning model thinks aloud.
  std::string reasoning = {};
  /// The next piece of a tool call.
  std::optional<ToolCallDelta> tool_call = {};
  /// The wire's word, such as `stop`, once it came; see `ChatReply::finish_reason`.
  std::string finish_reason = {};
  /// What the call cost, once the service says it.
  std::optional<Usage> usage = {};
};

namespace detail {

/// A reference to a callable that takes `const ChatDelta&` and returns void, or bool (false stops). Does not own it.
class DeltaCallback {
 public:
  template <typename Callable>
  explicit DeltaCallback(Callable& callable) noexcept
      : object_(const_cast<void*>(static_cast<const void*>(&callable))), call_(&call<Callable>) {}

  /// False when the callable wants no more.
  bool operator()(const ChatDelta& delta) const { return call_(object_, delta); }

 private:
  template <typename Callable>
  static bool call(void* object, const ChatDelta& delta) {
    Callable& callable = *static_cast<Callable*>(object);
    using Returned = decltype(callable(delta));
    static_assert(std::is_same_v<Returned, bool> || !std::is_arithmetic_v<Returned>,
                  "a callback for deltas returns bool, where false stops the stream, or nothing");
    if constexpr (std::is_same_v<Returned, bool>) {
      return callable(delta);
    } else {
      callable(delta);
      return true;
    }
  }

  void* object_;
  bool (*call_)(void*, const ChatDelta&);
};

// A callable that an asynchronous call keeps.
class OwnedDeltaCallback {
 public:
  virtual ~OwnedDeltaCallback() = default;
  virtual bool run(const ChatDelta& delta) = 0;
  bool operator()(const ChatDelta& delta) { return run(delta); }
};

template <typename Callable>
class DeltaFunction final : public OwnedDeltaCallback {
 public:
  explicit DeltaFunction(Callable callable) : callable_(std::move(callable)) {}
  bool run(const ChatDelta& delta) override { return DeltaCallback(callable_)(delta); }

 private:
  Callable callable_;
};

}  // namespace detail

}  // namespace chatopen
