#!/usr/bin/env bash
# scripts/bench.sh: every benchmark with a target, one after the other; fails when one is missed. docs/benchmarks.md says
# what they measure and what they showed.
. "$(dirname "$0")/environment.sh"

failed=()
for benchmark in check_size bench_blocking_call bench_decode bench_picture bench_stream; do
  say "$benchmark"
  "scripts/$benchmark.sh" || failed+=("$benchmark")
done
say "benchmarks with a missed target: ${failed[*]:-none}"
[ ${#failed[@]} -eq 0 ]
