#!/usr/bin/env bash
# scripts/check_header_cost.sh [<compiler>...]: fails when including <chatopen/chatopen.hpp> costs the front end more than
# the standard headers of the baseline do. Counts the compiler's instructions, which a busy machine does not change.
. "$(dirname "$0")/environment.sh"

compilers=("$@")
[ ${#compilers[@]} -gt 0 ] || compilers=(g++ clang++)
baseline=(chrono functional memory optional span string string_view variant vector)

build=build/header-cost
configure "$build" -DCHATOPEN_BUILD_TESTS=OFF -DCHATOPEN_BUILD_EXAMPLES=OFF -DCHATOPEN_BUILD_SANDBOX=OFF
printf '#include <%s>\n' "${baseline[@]}" >"$build/baseline.cpp"
printf '#include <chatopen/chatopen.hpp>\n' >"$build/umbrella.cpp"

# instructions <compiler> <source>: of every process that the compiler starts.
instructions() {
  local log
  log=$(mktemp "$build/instructions.XXXXXX")
  CCACHE_DISABLE=1 quietly "$log" valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
    --trace-children=yes "$1" -std=c++20 -fsyntax-only -Iinclude -I"$build/include" "$2"
  awk '/I +refs:/ { gsub(",", "", $NF); sum += $NF } END { printf "%.0f\n", sum }' "$log"
  rm -f "$log"
}

failed=0
for compiler in "${compilers[@]}"; do
  instructions "$compiler" "$build/baseline.cpp" >"$build/baseline.count" &
  ours=$(instructions "$compiler" "$build/umbrella.cpp")
  wait $!
  floor=$(<"$build/baseline.count")
  awk -v compiler="$compiler" -v ours="$ours" -v floor="$floor" 'BEGIN {
    printf "header cost %-8s %.0f M instructions, baseline %.0f M, ratio %.3f (at most 1.0)\n",
      compiler, ours / 1e6, floor / 1e6, ours / floor
    exit !(ours > 0 && floor > 0 && ours <= floor)
  }' || failed=1
done
exit $failed
