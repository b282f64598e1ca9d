#!/usr/bin/env bash
# scripts/check_batch.sh [<lines> [<concurrency>]]: asks the sandbox 10,000 lines at concurrency 256 with `chatopen batch`,
# killed at a random moment ten times and resumed; then in shards under GNU parallel, without which it fails when
# CHATOPEN_REQUIRE_PARALLEL is set. Checks that every line has exactly one record, and prints how long it took.
# CHATOPEN_PROGRAM names a program that is built.
. "$(dirname "$0")/environment.sh"

lines=${1:-10000}
concurrency=${2:-256}
kills=10
program=${CHATOPEN_PROGRAM:-}
if [ -z "$program" ]; then
  build=build/check_batch
  configure "$build" -DCMAKE_BUILD_TYPE=Release -DCHATOPEN_BUILD_TESTS=OFF -DCHATOPEN_BUILD_EXAMPLES=OFF
  build "$build" chatopen_program
  program=$build/tools/chatopen/chatopen
fi

work=$(mktemp -d)
sandbox=
stop() {
  if [ -n "$sandbox" ]; then kill "$sandbox" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap stop EXIT

"$program" sandbox --max-connections $((concurrency + 64)) >"$work/variables" &
sandbox=$!
until [ "$(grep -c '^export' "$work/variables")" = 3 ]; do
  kill -0 "$sandbox"
  sleep 0.05
done
# shellcheck disable=SC1091
. "$work/variables"
for ((i = 1; i <= lines; i++)); do printf '{"id":%d,"prompt":"question %d"}\n' "$i" "$i"; done >"$work/in.jsonl"

# check_records <file>: each id once, each with its own answer.
check_records() {
  if grep -q '"error"' "$1"; then grep -m 3 '"error"' "$1" >&2 && return 1; fi
  sed -nE 's/^\{"line":[0-9]+,"id":([0-9]+),"text":"[^"]*\\"question \1\\"".*\}$/\1/p' "$1" | sort -n >"$work/ids"
  seq "$lines" | cmp - "$work/ids"
  [ "$(wc -l <"$1")" = "$lines" ]
}

ask=("$program" batch "$work/in.jsonl" --concurrency "$concurrency" --output)

say "$lines lines at concurrency $concurrency, undisturbed"
started=$(date +%s%N)
"${ask[@]}" "$work/whole.jsonl"
milliseconds=$((($(date +%s%N) - started) / 1000000))
check_records "$work/whole.jsonl"
sed -nE 's/^\{"line":([0-9]+).*/\1/p' "$work/whole.jsonl" | sort -nc
echo "$milliseconds ms, in order"

# resume_and_kill <output> [<option>]: leaves its exit code in `status`.
resume_and_kill() {
  local batch
  "${ask[@]}" "$1" --resume "${@:2}" &
  batch=$!
  # About the time that a share of the lines takes, so that there is something left for the last ones.
  sleep "$(awk -v most=$((milliseconds / kills + 50)) -v seed="$RANDOM" 'BEGIN { srand(seed); print rand() * most / 1000 }')"
  kill -KILL $batch 2>/dev/null || true
  status=0
  wait $batch 2>/dev/null || status=$?
  echo "stopped with $({ wc -l <"$1"; } 2>/dev/null || echo 0) records"
}

for order in --unordered ""; do
  say "killed at a random moment $kills times, and resumed ${order:+($order)}"
  output=$work/killed$order.jsonl
  killed=0
  finished=0
  while [ $killed -lt $kills ]; do
    resume_and_kill "$output" ${order:+"$order"}
    if [ $status = 137 ]; then
      killed=$((killed + 1))
      continue
    fi
    # It had ended by itself, and the next one begins again.
    [ $status = 0 ] || exit $status
    check_records "$output"
    rm "$output"
    finished=$((finished + 1))
    if [ $finished = $((10 * kills)) ]; then
      echo "only $killed of $kills kills: $finished runs had ended before theirs" >&2
      exit 1
    fi
  done
  "${ask[@]}" "$output" --resume ${order:+"$order"}
  check_records "$output"
  echo "$killed kills; every line has one record"
done

# moreutils has another program of this name.
if parallel --version 2>/dev/null | grep '^GNU parallel' >/dev/null; then
  say "under GNU parallel, as a filter over blocks of the input"
  # So that there are more blocks than jobs.
  block=$(($(wc -c <"$work/in.jsonl") / 8 + 1))
  parallel --will-cite --pipe --block $block --jobs 4 "$program" batch --concurrency $((concurrency / 4)) \
    <"$work/in.jsonl" >"$work/filtered.jsonl"
  check_records "$work/filtered.jsonl"
  say "under GNU parallel, over shards that are resumed each by itself"
  split --number=l/8 --additional-suffix=.jsonl "$work/in.jsonl" "$work/shard-"
  parallel --will-cite --jobs 4 "$program" batch {} --output {.}.out --resume --concurrency $((concurrency / 4)) \
    ::: "$work"/shard-*.jsonl
  cat "$work"/shard-*.out >"$work/sharded.jsonl"
  check_records "$work/sharded.jsonl"
elif [ -n "${CHATOPEN_REQUIRE_PARALLEL:-}" ]; then
  echo "GNU parallel is not installed, but required" >&2
  exit 1
else
  say "GNU parallel is not installed: shards were not tried"
fi
say "Every line was asked, and has exactly one record"
