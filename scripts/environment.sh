# shellcheck shell=bash
# Sourced by the scripts beside it, and by .ci/run: goes to the root of the tree and defines what they share.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

say() { printf '==> %s\n' "$*"; }

# quietly <log> <command>...: shows the command's output only when it fails.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 150 "$log" >&2
    printf '==> failed: %s (the whole output is in %s)\n' "$*" "$log" >&2
    return 1
  fi
}

# configure <build directory> <argument of cmake>...: with ninja where there is one.
configure() {
  local build=$1 generator=()
  shift
  if [ ! -e "$build/CMakeCache.txt" ] && [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja >/dev/null; then
    generator=(-G Ninja)
  fi
  quietly "$build/configure.log" cmake -B "$build" ${generator[@]+"${generator[@]}"} "$@"
}

# build <build directory> [<target>...]
build() {
  local build=$1
  shift
  quietly "$build/build.log" cmake --build "$build" --parallel "$jobs" ${1:+--target "$@"}
}

# run_tests <build directory> [<argument of ctest>...]: the summary stays on the screen, and before it what failed; all
# of it is in ctest.log.
run_tests() {
  local build=$1 status=0
  shift
  ctest --test-dir "$build" --parallel "$jobs" --output-on-failure --no-tests=error "$@" \
    >"$build/ctest.log" 2>&1 </dev/null || status=$?
  if [ $status -ne 0 ]; then
    grep -vE '^ +Start +[0-9]+:| +Passed +[0-9.]+ sec$' "$build/ctest.log" | tail -n 300 >&2
  fi
  grep -E '^[0-9]+% tests passed' "$build/ctest.log"
  return $status
}
