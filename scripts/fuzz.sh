#!/usr/bin/env bash
# scripts/fuzz.sh [<seconds>]: runs the fuzz targets of fuzz/ for a while (30 s), each from its seeds. What breaks one is
# kept in build/fuzz. Needs clang.
. "$(dirname "$0")/environment.sh"

seconds=${1:-30}
configure build/fuzz -DCMAKE_CXX_COMPILER=clang++ -DCHATOPEN_BUILD_FUZZERS=ON -DCHATOPEN_BUILD_TESTS=OFF \
  -DCHATOPEN_BUILD_EXAMPLES=OFF -DCHATOPEN_BUILD_SANDBOX=OFF
targets=(fuzz/*_fuzz.cpp)
targets=("${targets[@]#fuzz/}")
targets=("${targets[@]%.cpp}")
build build/fuzz "${targets[@]}"

fuzz() {
  say "$1, $seconds s"
  mkdir -p "build/fuzz/$1.corpus"
  quietly "build/fuzz/$1.log" "build/fuzz/fuzz/$1" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$1-" "build/fuzz/$1.corpus" "fuzz/${1%_fuzz}_seeds"
  say "$1: $(grep -E 'number_of_executed_units' "build/fuzz/$1.log")"
}

# All at the same time: each has one thread.
running=()
for target in "${targets[@]}"; do
  fuzz "$target" &
  running+=($!)
done
status=0
for each in "${running[@]}"; do
  wait "$each" || status=1
done
exit $status
