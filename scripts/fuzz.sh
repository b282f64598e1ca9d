#!/usr/bin/env bash
# scripts/fuzz.sh [<seconds>]: runs every fuzz target of fuzz/ for a while (30 s), each from its seeds. What breaks one is
# kept in build/fuzz. Needs clang.
. "$(dirname "$0")/environment.sh"

seconds=${1:-30}
configure build/fuzz -DCMAKE_CXX_COMPILER=clang++ -DCHATOPEN_BUILD_FUZZERS=ON -DCHATOPEN_BUILD_TESTS=OFF \
  -DCHATOPEN_BUILD_EXAMPLES=OFF -DCHATOPEN_BUILD_SANDBOX=OFF
for source in fuzz/*_fuzz.cpp; do
  name=$(basename "$source" .cpp)
  build build/fuzz "$name"
  say "$name, $seconds s"
  mkdir -p "build/fuzz/$name.corpus"
  quietly "build/fuzz/$name.log" "build/fuzz/fuzz/$name" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "build/fuzz/$name.corpus" "fuzz/${name%_fuzz}_seeds"
  grep -E 'number_of_executed_units' "build/fuzz/$name.log"
done
