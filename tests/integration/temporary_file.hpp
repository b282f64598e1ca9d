#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace integration {

/// A file in a directory of its own; both go with this object.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, std::string_view content,
                std::filesystem::perms permissions = std::filesystem::perms::owner_read |
                                                     std::filesystem::perms::owner_write) {
    std::string directory = (std::filesystem::temp_directory_path() / "chatopen-XXXXXX").string();
    directory_ = ::mkdtemp(directory.data());
    path_ = directory_ / name;
    std::ofstream(path_, std::ios::binary) << content;
    std::filesystem::permissions(path_, permissions);
  }
  ~TemporaryFile() { std::filesystem::remove_all(directory_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string directory() const { return directory_.string(); }

 private:
  std::filesystem::path directory_;
  std::filesystem::path path_;
};

}  // namespace integration
