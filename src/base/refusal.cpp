#include "base/refusal.hpp"

#include <string>

namespace chatopen::base {
namespace {

void join(std::initializer_list<std::string_view> pieces, std::string& text) {
  for (const std::string_view piece : pieces) text += piece;
}

}  // namespace

bool refuse(Error& fault, ErrorKind kind, std::initializer_list<std::string_view> message,
            std::initializer_list<std::string_view> detail) {
  fault = Error{.kind = kind};
  join(message, fault.message);
  join(detail, fault.detail);
  return true;
}

Error refusal(ErrorKind kind, std::initializer_list<std::string_view> message,
              std::initializer_list<std::string_view> detail) {
  Error error{.kind = kind};
  join(message, error.message);
  join(detail, error.detail);
  return error;
}

}  // namespace chatopen::base
