#pragma once

#include <chatopen/conversation.hpp>
#include <chatopen/error.hpp>
#include <chatopen/message.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace chatopen::client {

/// Whether the message cannot begin an exchange. The fault is described.
[[nodiscard]] bool refuses_question(const Message& question, Error& fault);

/// Whether the messages are not whole exchanges, or one of them could not be sent. The first fault is described, naming
/// the message by its place in the list of that name.
[[nodiscard]] bool refuses_history(const std::vector<Message>& messages, std::string_view list, Error& fault);

/// The index of the oldest message that is kept, which begins an exchange; the size when none is. `tokens` are those of
/// what is sent besides the history, and matter only with a limit on them.
[[nodiscard]] std::size_t first_kept(const std::vector<Message>& history, const HistoryLimits& limits,
                                     std::size_t tokens);

/// What a message counts, 0 without a limit on tokens.
[[nodiscard]] std::size_t tokens_of(const Message& message, const HistoryLimits& limits);
/// The same for several.
[[nodiscard]] std::size_t tokens_of(const std::vector<Message>& messages, const HistoryLimits& limits);

}  // namespace chatopen::client
