#pragma once

#include <chatopen/result.hpp>

#include <string>
#include <string_view>

namespace chatopen::base {

/// Writes a new file, which only its owner may read, and then gives it the name: at any moment the name stands for the
/// old file or for the new one, whole. Errors: `io`; the old file is then as it was, and nothing is left beside it.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace chatopen::base
