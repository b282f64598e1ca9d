#pragma once

#include <chatopen/export.hpp>
#include <chatopen/result.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace chatopen::base {

/// Who may read a new file once it is whole: whoever may read any new file, or its owner alone.
enum class Readers { usual, owner };

/// A file on its way: written under a temporary name in the directory of its final one, which it gets in one step once
/// it is whole. Unless that happens, nothing of it is left. Errors are `io`, unless it says otherwise.
class NewFile {
 public:
  enum class Existing { replaced, kept };

  /// Errors also: `invalid_argument` for a path that cannot be the name of a regular file.
  [[nodiscard]] static Result<NewFile> create(const std::string& path, Existing existing,
                                              Readers readers = Readers::usual);

  [[nodiscard]] Result<void> write(std::string_view bytes);
  /// Forgets what was written.
  [[nodiscard]] Result<void> restart();
  /// Gives it its name. `sync` waits for the disk first.
  [[nodiscard]] Result<void> commit(bool sync);

 private:
  struct Closer {
    void operator()(std::FILE* file) const noexcept;
  };
  /// Removes the file of this name, if there is one.
  class TemporaryName {
   public:
    TemporaryName() noexcept = default;
    explicit TemporaryName(std::filesystem::path name) noexcept : name_(std::move(name)) {}
    TemporaryName(TemporaryName&& other) noexcept : name_(std::exchange(other.name_, {})) {}
    TemporaryName& operator=(TemporaryName&& other) noexcept {
      name_.swap(other.name_);
      return *this;
    }
    ~TemporaryName();
    [[nodiscard]] const std::filesystem::path& get() const noexcept { return name_; }
    /// The file has another name now.
    void release() noexcept { name_.clear(); }

   private:
    std::filesystem::path name_;
  };

  NewFile() = default;
  [[nodiscard]] Error cannot(const char* verb) const;

  std::string path_;
  Existing existing_ = Existing::replaced;
  // In this order: the file is closed before it is removed.
  TemporaryName temporary_;
  std::unique_ptr<std::FILE, Closer> file_;
  unsigned mode_ = 0;
  bool has_content_ = false;
};

/// Puts a file with this content, which has reached the disk, in the place of the one that has the name, if any: at any
/// moment the name stands for the one or the other, whole. Errors: as `NewFile`; then nothing has changed.
[[nodiscard]] CHATOPEN_EXPORT Result<void> replace_file(const std::string& path, std::string_view content,
                                                        Readers readers);

}  // namespace chatopen::base
