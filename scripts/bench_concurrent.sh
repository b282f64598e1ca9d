#!/usr/bin/env bash
# scripts/bench_concurrent.sh: what many slow streams at once cost in processor time, threads and memory, beside one
# thread with curl_multi_socket_action, bare libcurl handles and nlohmann-json. Fails when a target is missed.
. "$(dirname "$0")/bench_environment.sh"

rounds=11 streams=1000 many_streams=10000 events=40 pace=50
programs_measured=(concurrent_floor concurrent)
build_programs stream_server "${programs_measured[@]}"

# What the programs printed: the values of each line by program, number of streams, and the line's name.
declare -A printed unfinished

# run <program> <streams>
run() {
  local name value finished=0
  "$programs/$1" "$port" "$2" $events $pace >"$scratch/costs" || say "$1 with $2 streams failed" >&2
  while read -r name value; do
    printed["$1 $2 $name"]+="$value "
    if [ "$name" = finished ]; then finished=$value; fi
  done <"$scratch/costs"
  unfinished["$1 $2"]=$((${unfinished["$1 $2"]:-0} + $2 - finished))
}

# median <program> <streams> <name of a line>
median() {
  printf '%s\n' ${printed["$1 $2 $3"]:-} | sort -g | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

processor_ratio() { ratio "$(median concurrent $streams cpu_seconds)" "$(median concurrent_floor $streams cpu_seconds)"; }

# Interleaved, so that what else the machine does meets all programs.
measure_rounds() {
  local program round
  for ((round = 0; round < rounds; ++round)); do
    for program in "${programs_measured[@]}"; do run "$program" $streams; done
  done
}

measure() {
  local program
  measure_rounds
  # The medians of few rounds differ by a few percent on a busy machine.
  if awk -v ratio="$(processor_ratio)" 'BEGIN { exit !(ratio > 1) }'; then
    measure_rounds
    measure_rounds
    rounds=$((3 * rounds))
  fi
  for program in "${programs_measured[@]}"; do run "$program" $many_streams; done
}

report_floor() {
  report "processor seconds, $streams streams, floor" "$(median concurrent_floor $streams cpu_seconds)"
  report "threads, floor" "$(median concurrent_floor $streams threads)"
  report "KiB per stream, floor" "$(median concurrent_floor $streams kb_per_stream)"
  report "streams unfinished in $rounds x $streams, floor" "${unfinished["concurrent_floor $streams"]}" 0
  report "processor seconds, $many_streams streams, floor" "$(median concurrent_floor $many_streams cpu_seconds)"
  report "streams unfinished of $many_streams, floor" "${unfinished["concurrent_floor $many_streams"]}" 0
}

# bench/concurrent.cpp: concurrent <port> <streams> <events> <pace ms>
report_chatopen() {
  report "processor seconds, $streams streams, chatopen" "$(median concurrent $streams cpu_seconds)"
  report "processor time, chatopen to the floor" "$(processor_ratio)" 1.0
  report "threads, chatopen, the main one included" "$(median concurrent $streams threads)" 2
  report "KiB per stream, chatopen" "$(median concurrent $streams kb_per_stream)" 24
  report "streams unfinished in $rounds x $streams, chatopen" "${unfinished["concurrent $streams"]}" 0
  report "processor seconds, $many_streams streams, chatopen" "$(median concurrent $many_streams cpu_seconds)"
  report "streams unfinished of $many_streams, chatopen" "${unfinished["concurrent $many_streams"]}" 0
}

with_server stream_server measure
report_floor
report_chatopen
exit $missed
