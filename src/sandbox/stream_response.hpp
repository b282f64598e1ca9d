#pragma once

#include "sandbox/exchange.hpp"
#include "sandbox/gate.hpp"

#include <httplib.h>

#include <string>

namespace chatopen::sandbox {

/// Makes the HTTP library send the stream as the response's body. The gate ends its waits.
void set_stream(httplib::Response& response, const std::string& content_type, StreamBody body, Gate& gate);

}  // namespace chatopen::sandbox
