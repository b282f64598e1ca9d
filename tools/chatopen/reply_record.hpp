#pragma once

#include <chatopen/error.hpp>
#include <chatopen/reply.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace chatopen::program {

/// What is known of a reply, in the words of `ChatReply`; what it does not have is left out.
[[nodiscard]] nlohmann::ordered_json to_record(const ChatReply& reply);
/// The same of an error.
[[nodiscard]] nlohmann::ordered_json to_record(const Error& error);

/// As text; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& record, int indent = -1);

}  // namespace chatopen::program
