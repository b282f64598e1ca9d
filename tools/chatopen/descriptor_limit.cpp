#include "descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace chatopen::program {

void raise_descriptor_limit() {
  constexpr rlim_t needed = 65'536;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
  limit.rlim_cur = std::min(limit.rlim_max, needed);
  // Where that is refused, calls wait for connections.
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace chatopen::program
