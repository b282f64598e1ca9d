#pragma once

namespace chatopen {

/// Makes sure that nothing else is opened as a standard stream that the caller has closed: a socket would then get what
/// is printed. Reading and writing them still fails. To be called before anything else.
void reserve_standard_streams();

}  // namespace chatopen
