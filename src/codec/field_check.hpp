#pragma once

#include <chatopen/content.hpp>
#include <chatopen/error.hpp>
#include <chatopen/result.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace chatopen::codec {

// Checks of one field of a request. Each returns whether it found a fault, and then describes it as `invalid_argument`:
// so many errors passed back by value would make every program that links the SDK a fifth larger.

bool refuse(Error& fault, std::initializer_list<std::string_view> message, std::string_view detail = {});

/// Puts `list[index]` before the fault, which was found inside. Paths are put together from the inside out, and only
/// when there is a fault.
bool within(Error& fault, std::string_view list, std::size_t index, std::string_view separator = ".");

[[nodiscard]] bool refuses_text(std::string_view field, std::string_view text, Error& fault);
[[nodiscard]] bool refuses_object(std::string_view field, std::string_view json, Error& fault);
/// Files are not looked at.
[[nodiscard]] bool refuses_picture(std::string_view field, const ImagePart& picture, Error& fault);

/// Whether a URL is `http:` or `https:`, and has a host.
[[nodiscard]] bool has_web_scheme(std::string_view url) noexcept;
/// Whether a URL, wherever it leads, is `http:`, `https:` or `data:`.
[[nodiscard]] bool has_picture_scheme(std::string_view url) noexcept;

/// `extra`: members of the caller's own, none of them twice and none that the body has already.
[[nodiscard]] bool refuses_extra(const std::string& extra, std::span<const std::string_view> taken, Error& fault);

}  // namespace chatopen::codec
