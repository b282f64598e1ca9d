#!/usr/bin/env bash
# scripts/bench_stream.sh: what an event of one long stream costs in instructions, beside a bare libcurl handle with
# either JSON parser or none, and what memory grows by with the number of events. Fails when a target is missed.
. "$(dirname "$0")/bench_environment.sh"

few=1000 many=11000
short=100000 long=1000000
# stream_answer_size in bench/replies.hpp
text_of_event=136
build_programs stream_server stream_floor stream

# instructions_per_event <command>...: of the command with a port and a number of events.
instructions_per_event() {
  local less more
  less=$(instructions "$@" "$port" $few)
  more=$(instructions "$@" "$port" $many)
  per_call $few $many "$less" "$more"
}

# peak <command>...: in KiB.
peak() {
  quietly "$scratch/peak.log" /usr/bin/time -f %M -o "$scratch/peak" "$@"
  cat "$scratch/peak"
}

# growth <command>...: how many KiB more a long stream takes than a short one.
growth() {
  local less more
  less=$(peak "$@" "$port" $short)
  more=$(peak "$@" "$port" $long)
  echo $((more - less))
}

declare -A floor
measure_floors() {
  local parser
  for parser in split simdjson nlohmann; do
    floor[$parser]=$(instructions_per_event "$programs/stream_floor" $parser)
  done
  floor[growth]=$(growth "$programs/stream_floor" nlohmann)
}
report_floors() {
  report "instructions per event, floor without a parser" "${floor[split]}"
  report "instructions per event, floor with simdjson's DOM" "${floor[simdjson]}"
  report "instructions per event, floor with nlohmann" "${floor[nlohmann]}"
  report "KiB more at $long events than at $short, floor" "${floor[growth]}"
}

# bench/stream.cpp: stream <port> <events>
measure_chatopen() {
  our_instructions=$(instructions_per_event "$programs/stream")
  our_growth=$(growth "$programs/stream")
}
report_chatopen() {
  report "instructions per event, chatopen" "$our_instructions" 5000
  report "KiB more at $long events, chatopen, beyond the text" \
    $((our_growth - (long - short) * text_of_event / 1024)) 1024
}

with_server stream_server measure_floors
report_floors
with_server stream_server measure_chatopen
report_chatopen
exit $missed
