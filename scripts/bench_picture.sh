#!/usr/bin/env bash
# scripts/bench_picture.sh: what a picture of 5 MB in a message costs beside one copy of it. Fails when a target is missed.
. "$(dirname "$0")/bench_environment.sh"

build_programs fixed_reply_server picture

send_pictures() { "$programs/picture" call "$port"; }

declare -A measured
# The least of what was measured under a name.
while read -r name value; do
  measured[$name]=$(printf '%s\n' "$value" ${measured[$name]:-} | sort -g | head -n 1)
done < <(
  "$programs/picture" memory
  # A busy machine slows encoding more than copying, so a quiet moment of three counts.
  for _ in 1 2 3; do "$programs/picture" time; done
  with_server fixed_reply_server send_pictures
)
for source in bytes file; do
  report "$source: processor time, to memcpy" "${measured[time_$source]:-}" 6
  report "$source: peak allocated, to the picture" "${measured[memory_$source]:-}" 1.4
  report "$source: allocations of 1 MiB or more" "${measured[large_$source]:-}" 1
  report "$source: resident growth in a call, to the picture" "${measured[call_$source]:-}"
done
exit $missed
