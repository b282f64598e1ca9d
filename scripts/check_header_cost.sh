#!/usr/bin/env bash
# scripts/check_header_cost.sh: fails when including <chatopen/chatopen.hpp> costs the front end of g++ more than the
# standard headers of the baseline do; clang++ is shown beside it, unjudged. Counts the compiler's instructions, which a
# busy machine does not change.
. "$(dirname "$0")/environment.sh"

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

# cost <compiler> [<most that is allowed>]
cost() {
  local ours floor
  instructions "$1" "$build/baseline.cpp" >"$build/baseline.count" &
  ours=$(instructions "$1" "$build/umbrella.cpp")
  wait $!
  floor=$(<"$build/baseline.count")
  awk -v compiler="$1" -v ours="$ours" -v floor="$floor" -v most="${2:-}" 'BEGIN {
    printf "header cost %-8s %.0f M instructions, baseline %.0f M, ratio %.3f%s\n",
      compiler, ours / 1e6, floor / 1e6, ours / floor, most == "" ? "" : " (at most " most ")"
    exit !(ours > 0 && floor > 0 && (most == "" || ours <= most * floor))
  }'
}

cost clang++
cost g++ 1.0
