#include "testing/cassette_body.hpp"

#include "codec/base64.hpp"
#include "codec/base64_decode.hpp"
#include "testing/json_scan.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace chatopen::testing {
namespace {

// The text that the body has as a whole; none when it is given in chunks.
std::optional<std::string> whole_text(const Json& body, const std::string& where) {
  if (body.contains("json")) return body["json"].dump();
  for (const char* const name : {"text", "base64"}) {
    const auto found = body.find(name);
    if (found == body.end()) continue;
    const std::string member = where + "/" + name;
    if (!found->is_string()) throw CassetteFault{member, std::string("must be a string, but is ") + found->type_name()};
    if (name == std::string("text")) return found->get<std::string>();
    std::optional<std::string> bytes = codec::base64_decode(found->get_ref<const std::string&>());
    if (!bytes) throw CassetteFault{member, "is not Base64"};
    return bytes;
  }
  return std::nullopt;
}

std::vector<std::string> read_chunks(const Json& chunks, const std::string& where) {
  if (!chunks.is_array()) throw CassetteFault{where, std::string("must be an array, but is ") + chunks.type_name()};
  std::vector<std::string> read;
  for (const Json& chunk : chunks) {
    if (!chunk.is_string()) {
      throw CassetteFault{where + "/" + std::to_string(read.size()),
                          std::string("must be a string, but is ") + chunk.type_name()};
    }
    read.push_back(chunk.get<std::string>());
  }
  return read;
}

std::vector<std::string> split(const std::string& text, const Json& sizes, const std::string& where) {
  if (!sizes.is_array()) throw CassetteFault{where, std::string("must be an array, but is ") + sizes.type_name()};
  std::vector<std::string> chunks;
  std::size_t at = 0;
  for (const Json& size : sizes) {
    if (!size.is_number_unsigned()) {
      throw CassetteFault{where + "/" + std::to_string(chunks.size()), "must be a number of bytes"};
    }
    const auto bytes = size.get<std::uint64_t>();
    if (bytes > text.size() - at) break;
    chunks.push_back(text.substr(at, bytes));
    at += bytes;
  }
  if (at != text.size() || chunks.size() != sizes.size()) {
    throw CassetteFault{where, "does not add up to the " + std::to_string(text.size()) +
                                   " bytes of the body; correct it or leave it out"};
  }
  return chunks;
}

}  // namespace

Json write_reply_body(const std::vector<std::string>& chunks) {
  if (chunks.empty()) return nullptr;
  std::string whole;
  Json sizes = Json::array();
  for (const std::string& chunk : chunks) {
    whole += chunk;
    sizes.push_back(chunk.size());
  }
  Json body = Json::object();
  if (auto json = parse_json(whole); json && is_utf8(whole) && json->dump() == whole) {
    body["json"] = std::move(*json);
  } else if (chunks.size() > 1 && std::all_of(chunks.begin(), chunks.end(), is_utf8)) {
    body["chunks"] = chunks;
    return body;
  } else if (is_utf8(whole)) {
    body["text"] = whole;
  } else {
    body["base64"] = codec::base64_encode(whole);
  }
  if (chunks.size() > 1) body["chunk_bytes"] = std::move(sizes);
  return body;
}

std::vector<std::string> read_reply_body(const Json& body, const std::string& where) {
  if (body.is_null()) return {};
  if (!body.is_object()) throw CassetteFault{where, std::string("must be an object, but is ") + body.type_name()};
  std::size_t contents = 0;
  for (const auto& [name, value] : body.items()) {
    if (name == "json" || name == "text" || name == "base64" || name == "chunks") {
      ++contents;
    } else if (name != "chunk_bytes") {
      throw CassetteFault{where + to_pointer({name}),
                          "is unknown: a body has json, chunks, text or base64, and chunk_bytes"};
    }
  }
  if (contents != 1) throw CassetteFault{where, "must have one of json, chunks, text and base64"};
  const auto sizes = body.find("chunk_bytes");
  const std::optional<std::string> whole = whole_text(body, where);
  if (!whole) {
    if (sizes != body.end()) throw CassetteFault{where + "/chunk_bytes", "has no meaning beside chunks"};
    return read_chunks(body["chunks"], where + "/chunks");
  }
  if (sizes != body.end()) return split(*whole, *sizes, where + "/chunk_bytes");
  return {*whole};
}

}  // namespace chatopen::testing
