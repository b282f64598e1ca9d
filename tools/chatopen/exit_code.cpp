#include "exit_code.hpp"

namespace chatopen::program {

int exit_code(const Error& error) noexcept {
  switch (error.kind) {
    case ErrorKind::invalid_argument: return exit_usage;
    case ErrorKind::configuration: return exit_configuration;
    case ErrorKind::io: return exit_io;
    case ErrorKind::cancelled: return exit_interrupted;
    default: return exit_failed;
  }
}

}  // namespace chatopen::program
