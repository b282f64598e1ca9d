#include "base/new_file.hpp"

#include <cerrno>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace chatopen::base {
namespace {

namespace fs = std::filesystem;

std::string in_quotes(const std::string& path) {
  return "'" + path + "'";
}

Error failed(const std::string& message, const std::error_code& cause) {
  return {.kind = ErrorKind::io, .message = message, .detail = cause.message()};
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

Error exists_already(const std::string& path) {
  return {.kind = ErrorKind::io,
          .message = in_quotes(path) + " exists already",
          .detail = "choose another name, or permit that it is overwritten"};
}

// Replacing a directory fails later, and replacing a device succeeds, which nobody wants.
std::optional<Error> fault_in(const std::string& path, bool keeps_existing) {
  const auto refused = [&path](const char* what) {
    return Error{.kind = ErrorKind::invalid_argument, .message = "the path " + in_quotes(path) + what};
  };
  if (path.find('\0') != std::string::npos) return refused(" has a NUL character");
  if (!fs::path(path).has_filename()) return refused(" names no file");
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) return refused(" is there, and is no regular file");
  if (keeps_existing && fs::exists(fs::symlink_status(path, ignored))) return exists_already(path);
  return std::nullopt;
}

// Hidden, and nothing that somebody else could have prepared.
fs::path temporary_name_for(const std::string& path) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::random_device random;
  std::string name = ".chatopen-";
  for (int word = 0; word < 3; ++word) {
    for (unsigned bits = random() & 0x3fffffffU, i = 0; i < 6; ++i, bits >>= 5) name += digits[bits & 31];
  }
  return fs::path(path).replace_filename(name + ".part");
}

#if __has_include(<unistd.h>)

// With the permissions that it is to have, which `mode` learns, and then with the owner's only until it is whole.
std::FILE* open_new(const fs::path& name, Readers readers, unsigned& mode) {
  const mode_t asked = readers == Readers::owner ? 0600 : 0666;
  const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, asked);
  if (descriptor < 0) return nullptr;
  struct stat status = {};
  // Some file systems have no permissions to change.
  if (::fstat(descriptor, &status) == 0) static_cast<void>(::fchmod(descriptor, 0600));
  mode = status.st_mode & 0777U;
  std::FILE* const file = ::fdopen(descriptor, "wb");
  if (file == nullptr) {
    const int cause = errno;
    ::close(descriptor);
    ::unlink(name.c_str());
    errno = cause;
  }
  return file;
}

bool make_empty(std::FILE* file, const fs::path& /*name*/) {
  return std::fseek(file, 0, SEEK_SET) == 0 && ::ftruncate(::fileno(file), 0) == 0;
}

bool make_ready(std::FILE* file, unsigned mode, bool sync) {
  const int descriptor = ::fileno(file);
  static_cast<void>(::fchmod(descriptor, static_cast<mode_t>(mode)));
  return !sync || ::fsync(descriptor) == 0;
}

// The name is in the directory, which has to reach the disk too. Some file systems cannot do that.
void sync_directory_of(const std::string& path) {
  const fs::path directory = fs::path(path).parent_path();
  const int descriptor = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

#else

std::FILE* open_new(const fs::path& name, Readers /*readers*/, unsigned& /*mode*/) {
  return std::fopen(name.string().c_str(), "wbx");
}

bool make_empty(std::FILE* file, const fs::path& name) {
  std::error_code cause;
  if (std::fseek(file, 0, SEEK_SET) != 0) return false;
  fs::resize_file(name, 0, cause);
  return !cause;
}

bool make_ready(std::FILE* /*file*/, unsigned /*mode*/, bool /*sync*/) {
  return true;
}

void sync_directory_of(const std::string& /*path*/) {}

#endif

}  // namespace

void NewFile::Closer::operator()(std::FILE* file) const noexcept {
  static_cast<void>(std::fclose(file));
}

NewFile::TemporaryName::~TemporaryName() {
  std::error_code ignored;
  if (!name_.empty()) fs::remove(name_, ignored);
}

Error NewFile::cannot(const char* verb) const {
  return failed(std::string("cannot ") + verb + " " + in_quotes(path_), last_error());
}

Result<NewFile> NewFile::create(const std::string& path, Existing existing, Readers readers) {
  if (auto fault = fault_in(path, existing == Existing::kept)) return *std::move(fault);
  NewFile made;
  made.path_ = path;
  made.existing_ = existing;
  constexpr int tries = 8;
  for (int i = 0; i < tries && made.file_ == nullptr; ++i) {
    fs::path name = temporary_name_for(path);
    made.file_.reset(open_new(name, readers, made.mode_));
    if (made.file_ != nullptr) {
      made.temporary_ = TemporaryName(std::move(name));
    } else if (errno != EEXIST) {
      break;
    }
  }
  if (made.file_ == nullptr) return made.cannot("create a file beside");
  // What is written goes to the disk at once, so that it is known when there is no room.
  if (std::setvbuf(made.file_.get(), nullptr, _IONBF, 0) != 0) return made.cannot("create a file beside");
  return made;
}

Result<void> NewFile::write(std::string_view bytes) {
  has_content_ = has_content_ || !bytes.empty();
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) return cannot("write");
  return {};
}

Result<void> NewFile::restart() {
  if (!has_content_) return {};
  if (!make_empty(file_.get(), temporary_.get())) return cannot("write");
  has_content_ = false;
  return {};
}

Result<void> NewFile::commit(bool sync) {
  if (!make_ready(file_.get(), mode_, sync)) return cannot("write");
  if (std::fclose(file_.release()) != 0) return cannot("write");
  std::error_code cause;
  if (existing_ == Existing::kept) {
    // Fails where the name is taken, which renaming does not.
    fs::create_hard_link(temporary_.get(), path_, cause);
    if (cause == std::errc::file_exists) return exists_already(path_);
    if (!cause) {
      static_cast<void>(TemporaryName(std::move(temporary_)));
      if (sync) sync_directory_of(path_);
      return {};
    }
    // Not every file system has such links.
    if (fs::exists(fs::symlink_status(path_, cause))) return exists_already(path_);
  }
  fs::rename(temporary_.get(), path_, cause);
  if (cause) return failed("cannot write " + in_quotes(path_), cause);
  temporary_.release();
  if (sync) sync_directory_of(path_);
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view content, Readers readers) {
  Result<NewFile> file = NewFile::create(path, NewFile::Existing::replaced, readers);
  if (!file) return std::move(file).error();
  if (Result<void> written = file->write(content); !written) return written;
  return file->commit(true);
}

}  // namespace chatopen::base
