#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::sandbox {

// Pieces of a text that a stream says one after the other. Each is the inside of a JSON string, escapes included.

/// A piece for each word and the space after it.
[[nodiscard]] std::vector<std::string> split_by_words(std::string_view text);

/// Also ends a piece between the two surrogates of each character beyond U+FFFF. Throws `Refusal` when there is none.
[[nodiscard]] std::vector<std::string> split_by_words_and_surrogates(std::string_view text);

/// Pieces of as equal a number of characters as can be. Throws `Refusal` when there are fewer characters than pieces.
[[nodiscard]] std::vector<std::string> split_evenly(std::string_view text, std::size_t pieces);

}  // namespace chatopen::sandbox
