#pragma once

#include <cstddef>
#include <string_view>

namespace chatopen::bench {

/// The reply that all single calls are measured with: the envelope, of a length that is common for a short answer.
inline constexpr std::string_view envelope_reply =
    R"({"code":"200","msg":"success","data":{"answer":"The picture shows a wooden footbridge over a narrow mountain )"
    R"(stream in early autumn. In the foreground, wet stones and yellow leaves cover the bank; two hikers in red )"
    R"(jackets stand in the middle of the bridge and look down at the water. Behind them, a path climbs between )"
    R"(spruce trees towards a small hut with a stone roof and a thin column of smoke. The light comes from the left, )"
    R"(low and warm, so it is probably late afternoon. No text or signs can be read in the picture, apart from a )"
    R"(trail mark painted on a rock near the hills."}})";
static_assert(envelope_reply.size() == 583);

/// The other shape of a reply, a chat completion, with everything that the decoder looks at.
inline constexpr std::string_view completion_reply =
    R"({"id":"chatcmpl-7QyqpwdfhqwajicIEznoc6Q47XAyW","object":"chat.completion","created":1700000000,)"
    R"("model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"The picture shows a )"
    R"(wooden footbridge over a narrow mountain stream in early autumn, with two hikers in red jackets.",)"
    R"("refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1117,)"
    R"("completion_tokens":46,"total_tokens":1163},"system_fingerprint":"fp_fc9f1d7035"})";

/// What all streams are measured with: an event as the service sends it, with the blank line that ends it, again and
/// again, and then the event that ends the stream.
inline constexpr std::string_view stream_event =
    R"(data:{"code":"200","msg":"success","data":{"answer":"The light comes from the left, low and warm, so it is )"
    R"(late afternoon; behind the two hikers a path climbs between spruces to a small hut"}})"
    "\n\n";
static_assert(stream_event.size() == 194);
inline constexpr std::string_view stream_end = "data:[DONE]\n\n";

/// How much of `stream_event` is the answer's text.
inline constexpr std::size_t stream_answer_size = 136;
/// An event of a stream in the envelope, of a length that is common for a piece of a few words.
inline constexpr std::string_view chunk_event =
    R"({"code":"200","msg":"success","data":{"id":"c3f5a7d2-93b8-4d0e-8a51-6f2e7c90b1d4","answer":" a wooden footbridge )"
    R"(over a narrow mountain in autumn","sessionId":"5b1f0c7e-2d4"}})";
static_assert(chunk_event.size() == 175);

}  // namespace chatopen::bench
