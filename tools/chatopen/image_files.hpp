#pragma once

#include <chatopen/result.hpp>

#include <cstddef>
#include <string>

namespace chatopen::program {

/// The names of the files that pictures are saved as.
class ImageFiles {
 public:
  /// Of so many pictures, from a pattern in which `{n}` stands for a picture's number; without one, several pictures
  /// have it before the extension. Errors: `invalid_argument`.
  [[nodiscard]] static Result<ImageFiles> from(const std::string& pattern, std::size_t count);

  /// Of the picture with this number, from 1; `part` is which one of a reply that has several, from 1, or 0.
  [[nodiscard]] std::string name(std::size_t number, std::size_t part) const;
  /// Before anything is paid: whether the files can be written. Errors: `io`.
  [[nodiscard]] Result<void> check(bool overwrite) const;

 private:
  std::string before_;
  std::string after_;
  bool numbered_ = false;
  std::size_t count_ = 0;
};

}  // namespace chatopen::program
