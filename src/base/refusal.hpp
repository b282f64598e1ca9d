#pragma once

#include <chatopen/error.hpp>

#include <initializer_list>
#include <string_view>

namespace chatopen::base {

/// An error from pieces of its message. Out of line, since there are a hundred places that refuse something, each of
/// which would otherwise carry the code that joins and moves strings.
[[nodiscard]] Error refusal(ErrorKind kind, std::initializer_list<std::string_view> message,
                            std::initializer_list<std::string_view> detail = {});

/// The same into an error that is there; true, for functions that return whether they refuse.
bool refuse(Error& fault, ErrorKind kind, std::initializer_list<std::string_view> message,
            std::initializer_list<std::string_view> detail = {});

}  // namespace chatopen::base
