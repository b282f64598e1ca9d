#!/usr/bin/env bash
# scripts/check_size.sh: fails when a stripped program that makes one call, with the SDK linked statically, the system's
# libcurl and no optimisation at link time, is larger than 200 KB.
. "$(dirname "$0")/bench_environment.sh"

build_programs one_call
strip -o "$scratch/one_call" "$programs/one_call"
report "bytes of a stripped one-call program" "$(wc -c <"$scratch/one_call")" $((200 * 1024))
exit $missed
