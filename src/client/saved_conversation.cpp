#include "base/file.hpp"
#include "base/new_file.hpp"
#include "base/refusal.hpp"
#include "client/history.hpp"
#include "codec/conversation_text.hpp"

#include <chatopen/conversation.hpp>

#include <cstdint>
#include <utility>

namespace chatopen {
namespace {

constexpr std::uint64_t max_file_bytes = std::uint64_t{1} << 30;

Result<std::string> read_all(const std::string& path) {
  Result<base::RegularFile> file = base::RegularFile::open(path);
  if (!file) return std::move(file).error();
  if (file->size() > max_file_bytes) {
    return base::refusal(ErrorKind::invalid_argument, {"'", path, "' is larger than 1 GiB"}, {"is it the right file?"});
  }
  std::string text(static_cast<std::size_t>(file->size()), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const Result<std::size_t> count = file->read(text.data() + size, text.size() - size);
    if (!count) return count.error();
    if (*count == 0) break;
    size += *count;
  }
  text.resize(size);
  return text;
}

}  // namespace

Result<std::string> Conversation::to_json() const {
  return codec::encode_conversation(request_.messages, history_);
}

Result<void> Conversation::restore(std::string_view json) {
  Result<codec::ConversationText> decoded = codec::decode_conversation(json);
  if (!decoded) return std::move(decoded).error();
  Error fault;
  if (client::refuses_history(decoded->history, "history", fault)) return fault;
  request_.messages = std::move(decoded->persona);
  history_ = std::move(decoded->history);
  return {};
}

Result<void> Conversation::save(const std::string& path) const {
  const Result<std::string> text = to_json();
  if (!text) return text.error();
  return base::replace_file(path, *text, base::Readers::owner);
}

Result<void> Conversation::load(const std::string& path) {
  const Result<std::string> text = read_all(path);
  if (!text) return text.error();
  Result<void> restored = restore(*text);
  if (restored) return restored;
  Error error = std::move(restored).error();
  error.message = path + ": " + error.message;
  return error;
}

}  // namespace chatopen
