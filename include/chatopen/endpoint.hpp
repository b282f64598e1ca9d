#pragma once

/// @file
/// The endpoints of the service, each with how well it is known.

#include <chatopen/export.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen {

/// The shape of the request's body that an endpoint takes.
enum class WireForm : std::uint8_t {
  messages,  ///< `{"messages":[…]}` (documented)
  prompt,    ///< `{"issue":…,"systemContent":…}` (observed)
  image,     ///< `{"prompt":…,"aspectRatio":…}` (observed)
  upload,    ///< `multipart/form-data` with one part named `file` (observed)
};

/// How well a fact of the service is known.
enum class Provenance : std::uint8_t {
  documented,  ///< On the vendor's reference page.
  observed,    ///< Seen in public client code that real users run against the service.
  inferred,    ///< Concluded from the other two; it may be wrong, and can be overridden without rebuilding.
};

/// The form's name, as spelled in the enumeration.
[[nodiscard]] CHATOPEN_EXPORT std::string_view to_string(WireForm form) noexcept;
/// The provenance's name, as spelled in the enumeration.
[[nodiscard]] CHATOPEN_EXPORT std::string_view to_string(Provenance provenance) noexcept;

/// Where a request goes, in which form, and how well that is known.
struct Endpoint {
  /// Below the base URL, with a leading `/`. A `{model}` in it stands for the percent-encoded `model`.
  std::string path = {};
  /// The shape of the body.
  WireForm wire_form = WireForm::messages;
  /// How well the path is known.
  Provenance provenance = Provenance::inferred;
  /// The SDK's name for it, which overrides refer to; empty for a custom endpoint.
  std::string name = {};
  /// The model that fills `{model}` in the path.
  std::string model = {};
  /// The name on the vendor's reference page; empty for a custom endpoint.
  std::string reference_name = {};

  /// Any other endpoint, for paths that the SDK does not know. The path starts with `/`; a query may follow it. What
  /// may not stand in a URL is percent-encoded; `.` and `..` segments, `#` and control characters are refused when the
  /// request is sent.
  [[nodiscard]] CHATOPEN_EXPORT static Endpoint custom(std::string path, WireForm wire_form);
};

/// The twelve endpoints that the reference names, and one for files. Only `gpt_4o_multimodal` has a documented path.
///
/// A model's name is percent-encoded into one path segment; an empty one, `.`, `..`, and control characters are refused
/// when the request is sent.
namespace endpoints {

/// Any role-play model. Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint role_play(std::string model);
/// Any language model. Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint general_llm(std::string model);
/// Any agent. Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint general_agent(std::string model);
/// Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint gpt_4o();
/// Path documented.
[[nodiscard]] CHATOPEN_EXPORT Endpoint gpt_4o_multimodal();
/// Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint moonshot_128k();
/// Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint deepseek_chat();
/// Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint claude_v3_5_sonnet();
/// Prompt form; path inferred from observed ones.
[[nodiscard]] CHATOPEN_EXPORT Endpoint deepseek_chat_streaming();
/// Image form; path inferred from observed ones.
[[nodiscard]] CHATOPEN_EXPORT Endpoint gpt_image_1();
/// A private model. Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint model_k_v1();
/// A private model. Path inferred.
[[nodiscard]] CHATOPEN_EXPORT Endpoint gemini();

/// Takes files; none of the twelve. Path and form observed.
[[nodiscard]] CHATOPEN_EXPORT Endpoint file_upload();

/// All twelve, in the reference's order. The first three have no model: `{model}` stands in their path.
[[nodiscard]] CHATOPEN_EXPORT std::vector<Endpoint> all();

}  // namespace endpoints

}  // namespace chatopen
