#pragma once

/// @file
/// The umbrella: everything for making calls. Opt-in headers beside it: `conversation.hpp`, `tools.hpp`,
/// `structured_output.hpp`, `json.hpp`, `transport.hpp` and `curl_transport.hpp` (the seam and its default),
/// `observer.hpp`, `coroutine.hpp`, `stop_token.hpp`, `clock.hpp`, those of `testing`, `sandbox/sandbox.hpp`.

#include <chatopen/cancel.hpp>
#include <chatopen/client.hpp>
#include <chatopen/content.hpp>
#include <chatopen/endpoint.hpp>
#include <chatopen/error.hpp>
#include <chatopen/image.hpp>
#include <chatopen/message.hpp>
#include <chatopen/options.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>
#include <chatopen/secret.hpp>
#include <chatopen/sse.hpp>
#include <chatopen/upload.hpp>
#include <chatopen/version.hpp>
