#!/usr/bin/env bash
# scripts/bench_blocking_call.sh: what a blocking call costs beside libcurl alone (floor A: one reused handle, the reply
# not parsed), in instructions, system calls and connections. Fails when a target is missed.
. "$(dirname "$0")/bench_environment.sh"

few=100 many=1100
build_programs fixed_reply_server blocking_call
call=$programs/blocking_call

system_calls() {
  quietly "$scratch/strace.log" strace -f -c -U name,calls -o "$scratch/strace" "$@"
  awk '$1 == "total" { print $2 }' "$scratch/strace"
}

# measure <counter> <floor or chatopen>
measure() {
  local less more
  less=$("$1" "$call" "$2" "$port" $few)
  more=$("$1" "$call" "$2" "$port" $many)
  per_call $few $many "$less" "$more"
}

count_costs() {
  floor_instructions=$(measure instructions floor)
  our_instructions=$(measure instructions chatopen)
  floor_system_calls=$(measure system_calls floor)
  our_system_calls=$(measure system_calls chatopen)
  rate=$("$call" rate "$port" 300)
}
call_a_thousand_times() { "$call" chatopen "$port" 1000; }

with_server fixed_reply_server count_costs
report "instructions per call, floor A" "$floor_instructions"
report "instructions per call, chatopen" "$our_instructions"
report "instructions, chatopen to A" "$(ratio "$our_instructions" "$floor_instructions")" 1.4
report "system calls per call, floor A" "$floor_system_calls"
report "system calls per call, chatopen beyond A" \
  "$(awk -v a="$floor_system_calls" -v ours="$our_system_calls" 'BEGIN { print ours - a }')" 4
report "calls per processor second, chatopen to A" "$rate"
with_server fixed_reply_server call_a_thousand_times
report "connections per 1,000 calls" "$connections" 1
exit $missed
