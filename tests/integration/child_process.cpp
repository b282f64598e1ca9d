#include "child_process.hpp"

#include "fault_matrix.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace integration {

int status_of_child(const std::function<int()>& function) {
  const pid_t child = ::fork();
  if (child == 0) {
    // Ends a child that hangs.
    ::alarm(30 * slowdown);
    ::_exit(function());
  }
  int status = -1;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace integration
