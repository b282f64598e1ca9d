#pragma once

namespace chatopen::program {

/// Lets the program have as many descriptors as it may, up to what its commands can need: shells usually allow 1024,
/// and every call takes one, or two where the sandbox is in the program itself.
void raise_descriptor_limit();

}  // namespace chatopen::program
