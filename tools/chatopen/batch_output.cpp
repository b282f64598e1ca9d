#include "batch_output.hpp"

#include "console.hpp"
#include "reply_record.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <system_error>
#include <utility>

namespace chatopen::program {
namespace {

using nlohmann::ordered_json;

constexpr const char* replacement_suffix = ".new";

std::size_t hash_of(const ordered_json& id) {
  return std::hash<std::string>()(id.is_null() ? std::string() : dump(id));
}

Error refuse(std::string message, std::string detail) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

bool write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void BatchOutput::Closer::operator()(const int* descriptor) const noexcept {
  ::close(*descriptor);
  delete descriptor;
}

Error BatchOutput::failed(const char* what) const {
  return {.kind = ErrorKind::io,
          .message = std::string("cannot ") + what + " " + path_ + ": " + std::generic_category().message(errno)};
}

Result<BatchOutput::File> BatchOutput::open_locked(const std::string& path, unsigned mode) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, mode);
    if (descriptor < 0) {
      return Error{.kind = ErrorKind::io,
                   .message = "cannot open " + path + ": " + std::generic_category().message(errno)};
    }
    File file(new int(descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      return refuse("another batch is writing " + path, "give each its own output file");
    }
    // Another batch may have put a new file in its place before this one had the lock.
    struct stat locked {};
    struct stat named {};
    if (::fstat(descriptor, &locked) != 0 || ::stat(path.c_str(), &named) != 0) continue;
    if (locked.st_dev == named.st_dev && locked.st_ino == named.st_ino) return file;
  }
}

bool BatchOutput::is_terminal() const noexcept {
  return out_ != nullptr && out_->is_terminal();
}

Result<BatchOutput> BatchOutput::open(const std::string& path, Existing existing) {
  Result<File> file = open_locked(path, 0666);
  if (!file) return std::move(file).error();
  BatchOutput output(path, *std::move(file));
  struct stat status {};
  if (::fstat(*output.file_, &status) != 0) return output.failed("look at");
  if (!S_ISREG(status.st_mode) || status.st_size == 0) return output;
  if (existing == Existing::refuse) {
    return refuse("the output file is not empty: " + path, "--resume goes on where it ends");
  }
  const Result<void> read = existing == Existing::resume_and_retry ? output.drop_failures(status.st_mode & 07777U)
                                                                   : output.read_records(nullptr);
  if (!read) return read.error();
  return output;
}

// Whether the record stays.
Result<bool> BatchOutput::take(const std::string& line, std::uint64_t number, bool whole, bool drop_failures) {
  const auto record = ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object() || !record.contains("line") || !record["line"].is_number_unsigned()) {
    if (!whole) return false;
    return refuse(path_ + ", line " + std::to_string(number) + ": not a record of a batch",
                  "is it the right output file?");
  }
  const bool is_failure = record.contains("error");
  if (is_failure && drop_failures) return false;
  failures_ += is_failure ? 1 : 0;
  finished_[record["line"].get<std::uint64_t>()] = hash_of(record.value("id", ordered_json()));
  return true;
}

Result<void> BatchOutput::drop_failures(unsigned mode) {
  // What a symbolic link points to is replaced, not the link.
  std::error_code failure;
  const std::string path = std::filesystem::canonical(path_, failure).string();
  if (failure) return failed("replace");
  const std::string new_path = path + replacement_suffix;
  Result<File> replacement = open_locked(new_path, 0600);
  if (!replacement) return std::move(replacement).error();
  Result<void> done;
  if (::ftruncate(**replacement, 0) != 0 || ::fchmod(**replacement, mode) != 0) done = failed("replace");
  if (done) done = read_records(replacement->get());
  if (done && (::fsync(**replacement) != 0 || std::rename(new_path.c_str(), path.c_str()) != 0)) {
    done = failed("replace");
  }
  if (!done) {
    ::unlink(new_path.c_str());
    return done;
  }
  file_ = *std::move(replacement);
  return {};
}

Result<void> BatchOutput::read_records(const int* replacement) {
  std::ifstream input(path_, std::ios::binary);
  if (!input) return failed("read");
  off_t kept_bytes = 0;
  std::string line;
  for (std::uint64_t number = 1; std::getline(input, line); ++number) {
    const bool whole = !input.eof();
    const Result<bool> stays = take(line, number, whole, replacement != nullptr);
    if (!stays) return stays.error();
    const auto size = static_cast<off_t>(line.size());
    if (replacement != nullptr) {
      if (*stays && !write_whole(*replacement, line + "\n")) return failed("replace");
    } else if (!*stays) {
      // Only a last line that was cut.
      if (::ftruncate(*file_, kept_bytes) != 0) return failed("mend");
    } else if (!whole && !write_whole(*file_, "\n")) {
      return failed("mend");
    }
    kept_bytes += size + 1;
  }
  if (input.bad()) return failed("read");
  return {};
}

Result<bool> BatchOutput::has(std::uint64_t line, const ordered_json& id) const {
  const auto found = finished_.find(line);
  if (found == finished_.end()) return false;
  if (found->second == hash_of(id)) return true;
  return refuse("line " + std::to_string(line) + " of the input has another id than its record in " + path_,
                "resume with the input that the output was made from");
}

Result<void> BatchOutput::append(std::string_view record) {
  if (out_ != nullptr) {
    if (out_->print(record, Shape::json)) return {};
    return Error{.kind = ErrorKind::io, .message = "cannot write to the standard output"};
  }
  struct stat before {};
  const bool known = ::fstat(*file_, &before) == 0 && S_ISREG(before.st_mode);
  if (write_whole(*file_, record)) return {};
  const Error error = failed("write");
  // A disk that is full takes half a line; none is better.
  if (known && ::ftruncate(*file_, before.st_size) != 0) return error;
  return error;
}

Result<void> BatchOutput::sync() {
  if (file_ && ::fsync(*file_) != 0 && errno != EINVAL && errno != EROFS) return failed("write");
  return {};
}

}  // namespace chatopen::program
