#pragma once

#include "base/new_file.hpp"

#include <chatopen/image.hpp>
#include <chatopen/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace chatopen::client {

/// A picture on its way into a file: looked at by its first bytes, held to a cap, and named only when it is whole.
class PictureFile {
 public:
  /// Errors: of `base::NewFile::create`.
  [[nodiscard]] static Result<PictureFile> create(const std::string& path, const SaveOptions& options);

  /// Forgets what came, for another attempt.
  void restart();
  /// The next bytes. False when they cannot be taken, which `finish` explains.
  [[nodiscard]] bool add(std::string_view bytes);
  /// Announces so many bytes. False when they are too many.
  [[nodiscard]] bool expect(std::uint64_t bytes);
  /// Nothing more comes. Errors: `too_large`, `protocol` for what is no picture, `io`. After an error, nothing is left
  /// once this object is gone.
  [[nodiscard]] Result<SavedFile> finish();
  /// Why bytes could not be taken; null while they could.
  [[nodiscard]] const Error* fault() const noexcept { return fault_.get(); }

 private:
  PictureFile(base::NewFile file, std::string path, const SaveOptions& options)
      : file_(std::move(file)), path_(std::move(path)), max_bytes_(options.max_bytes), sync_(options.sync) {}
  [[nodiscard]] bool fail(Error error);
  [[nodiscard]] bool take_first_bytes();
  [[nodiscard]] bool write(std::string_view bytes);

  base::NewFile file_;
  std::string path_;
  std::uint64_t max_bytes_;
  bool sync_;
  std::uint64_t bytes_ = 0;
  /// Until they tell the format.
  std::string first_bytes_;
  std::string media_type_;
  std::unique_ptr<Error> fault_;
};

}  // namespace chatopen::client
