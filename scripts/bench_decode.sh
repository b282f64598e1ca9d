#!/usr/bin/env bash
# scripts/bench_decode.sh: instructions for decoding a reply, or an event of a stream (chunk), beside parsing its JSON
# alone with simdjson's DOM parser.
. "$(dirname "$0")/bench_environment.sh"

few=1000 many=11000
build_programs decode

# measure <floor or chatopen> <reply>
measure() {
  local less more
  less=$(instructions "$programs/decode" "$1" "$2" $few)
  more=$(instructions "$programs/decode" "$1" "$2" $many)
  per_call $few $many "$less" "$more"
}

for reply in envelope completion chunk; do
  floor=$(measure floor $reply)
  ours=$(measure chatopen $reply)
  report "instructions per decode, $reply, parsing alone" "$floor"
  report "instructions per decode, $reply" "$ours"
  report "decoding to parsing alone, $reply" "$(ratio "$ours" "$floor")"
done
