#pragma once

/// @file
/// Replies and answers as `nlohmann::json`. Opt-in and header-only: the SDK's own interface knows no JSON library.

#include <chatopen/client.hpp>
#include <chatopen/image.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>
#include <chatopen/structured_output.hpp>

#include <exception>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace chatopen {

/// The reply's body as it came, parsed. Discarded (`is_discarded()`) when there is none, as of a streamed reply; what
/// the SDK has decoded from a body is always JSON.
[[nodiscard]] inline nlohmann::json to_json(const ChatReply& reply) {
  return nlohmann::json::parse(reply.raw(), nullptr, /*allow_exceptions=*/false);
}

/// The same for pictures, whose replies always have a body.
[[nodiscard]] inline nlohmann::json to_json(const ImageReply& reply) {
  return nlohmann::json::parse(reply.raw, nullptr, /*allow_exceptions=*/false);
}

namespace detail {

// Converts what the model said, or says why it does not fit.
template <typename T>
std::string read_json(const nlohmann::json& json, std::optional<T>& into) {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
  try {
    into.emplace(json.get<T>());
    return {};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& mismatch) {
    const std::string why = mismatch.what();
    return why.empty() ? "it has another structure" : why;
  }
#else
  into.emplace(json.get<T>());
  return {};
#endif
}

}  // namespace detail

/// Asks as `chat_json_text` does, and returns the JSON of the answer that the validator accepts: it takes
/// `const nlohmann::json&`, and returns why the value cannot be used, in words that help the model, or an empty string.
/// What it throws, the caller gets. Errors: as `chat_json_text`.
///
/// @code
/// auto person = chatopen::chat_json(client, request, [](const nlohmann::json& json) -> std::string {
///   return json.contains("name") ? "" : "the member \"name\" is missing";
/// });
/// @endcode
template <typename Validator>
requires std::is_invocable_r_v<std::string, Validator&, const nlohmann::json&>
[[nodiscard]] Result<nlohmann::json> chat_json(const ChatClient& client, const ChatRequest& request,
                                               Validator validator, const JsonOptions& options = {}) {
  nlohmann::json value;
  const Result<JsonAnswer> answer = chat_json_text(
      client, request,
      [&](const std::string& json) -> std::string {
        value = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
        if (value.is_discarded()) return "it is not valid JSON";
        return validator(static_cast<const nlohmann::json&>(value));
      },
      options);
  if (!answer) return answer.error();
  return value;
}

/// The same for any JSON.
[[nodiscard]] inline Result<nlohmann::json> chat_json(const ChatClient& client, const ChatRequest& request,
                                                      const JsonOptions& options = {}) {
  return chat_json(
      client, request, [](const nlohmann::json&) { return std::string(); }, options);
}

/// Asks as `chat_json_text` does, and converts the answer to a `T` by nlohmann's `from_json`; where that throws, the
/// model is told what, and asked again. The validator takes `const T&`, and returns why the value cannot be used, or an
/// empty string. Errors: as `chat_json_text`.
///
/// Without exceptions (`-fno-exceptions`), nlohmann/json ends the program where an answer does not fit `T`: use
/// `chat_json` there, with a validator that looks first.
///
/// @code
/// struct Person { std::string name; int age; };
/// NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Person, name, age)
/// chatopen::Result<Person> person = chatopen::chat_as<Person>(client, request);
/// @endcode
template <typename T, typename Validator>
requires std::is_invocable_r_v<std::string, Validator&, const T&>
[[nodiscard]] Result<T> chat_as(const ChatClient& client, const ChatRequest& request, Validator validator,
                                const JsonOptions& options = {}) {
  std::optional<T> value;
  const Result<nlohmann::json> json = chat_json(
      client, request,
      [&](const nlohmann::json& found) -> std::string {
        std::string fault = detail::read_json(found, value);
        return fault.empty() ? validator(static_cast<const T&>(*value)) : fault;
      },
      options);
  if (!json) return json.error();
  return *std::move(value);
}

/// The same for every `T` that the answer can be converted to.
template <typename T>
[[nodiscard]] Result<T> chat_as(const ChatClient& client, const ChatRequest& request, const JsonOptions& options = {}) {
  return chat_as<T>(
      client, request, [](const T&) { return std::string(); }, options);
}

}  // namespace chatopen
