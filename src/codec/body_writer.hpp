#pragma once

#include "codec/data_url.hpp"
#include "codec/json_writer.hpp"

#include <chatopen/content.hpp>
#include <chatopen/error.hpp>
#include <chatopen/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace chatopen::codec {

/// A request's body on its way: measured in a first pass, written in a second.
class BodyWriter : public JsonWriter {
 public:
  using JsonWriter::JsonWriter;

  /// The URL of a picture, as a string: a `data:` URL of what is local.
  void picture(const ImagePart& part) {
    if (part.source() == ImagePart::Source::url) return string(part.location());
    raw("\"");
    if (buffer() == nullptr) {
      count(data_url_size(part));
    } else if (!fault_) {
      fault_ = append_data_url(part, *buffer());
    }
    raw("\"");
  }

  template <typename Items, typename PutItem>
  void list(const Items& items, PutItem put_item) {
    raw("[");
    bool first = true;
    for (const auto& item : items) {
      if (!first) raw(",");
      first = false;
      put_item(item);
    }
    raw("]");
  }

  /// Why the body is not whole.
  [[nodiscard]] std::optional<Error>& fault() noexcept { return fault_; }

 private:
  std::optional<Error> fault_;
};

/// What `put(BodyWriter&)` writes, the same both times, in one buffer of the final size.
template <typename Put>
[[nodiscard]] Result<std::string> write_body(Put put) {
  BodyWriter measure;
  put(measure);
  std::string body;
  body.reserve(measure.size());
  BodyWriter write(body);
  put(write);
  if (write.fault()) return Result<std::string>(*std::move(write.fault()));
  return Result<std::string>(std::move(body));
}

}  // namespace chatopen::codec
