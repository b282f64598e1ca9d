#!/usr/bin/env bash
# scripts/check_size.sh: fails when a stripped program that makes one call, with the SDK linked statically and the system's
# libcurl, is larger than 200 KB when both are built with link-time optimisation. Without it the target is missed since
# streams can be read, which is printed and does not fail.
. "$(dirname "$0")/bench_environment.sh"

stripped_size() {
  strip -o "$scratch/one_call" "$1"
  wc -c <"$scratch/one_call"
}

build_programs one_call
most=$((200 * 1024))
plain=$(stripped_size "$programs/one_call")
report "bytes of a stripped one-call program" "$plain"
if [ "$plain" -gt $most ]; then echo "    known to be MISSED: at most $most, see docs/benchmarks.md"; fi
configure build/bench_lto -DCMAKE_BUILD_TYPE=Release -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON \
  -DCHATOPEN_BUILD_BENCHMARKS=ON -DCHATOPEN_BUILD_TESTS=OFF -DCHATOPEN_BUILD_EXAMPLES=OFF \
  -DCHATOPEN_BUILD_SANDBOX=OFF -DBUILD_SHARED_LIBS=OFF
build build/bench_lto bench_one_call
report "the same, optimised at link time" "$(stripped_size build/bench_lto/bench/one_call)" $most
exit $missed
