# shellcheck shell=bash
# Sourced by the benchmarks: builds their programs in build/bench, and defines how they count and judge.
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

programs=build/bench/bench
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# build_programs <name>...
build_programs() {
  configure build/bench -DCMAKE_BUILD_TYPE=Release -DCHATOPEN_BUILD_BENCHMARKS=ON -DCHATOPEN_BUILD_TESTS=OFF \
    -DCHATOPEN_BUILD_EXAMPLES=OFF -DCHATOPEN_BUILD_SANDBOX=OFF -DBUILD_SHARED_LIBS=OFF
  build build/bench "${@/#/bench_}"
}

# with_server <server> <command>...: runs the command with the port of that server program in $port; then $connections
# is how many the server accepted.
with_server() {
  local server=$programs/$1 status=0
  shift
  rm -f "$scratch/stop" "$scratch/server"
  mkfifo "$scratch/stop"
  "$server" <"$scratch/stop" >"$scratch/server" &
  exec {stop}>"$scratch/stop"
  until [ -s "$scratch/server" ]; do
    kill -0 $! 2>/dev/null || return 1
    sleep 0.05
  done
  port=$(<"$scratch/server")
  "$@" || status=$?
  exec {stop}>&-
  wait $!
  connections=$(tail -n 1 "$scratch/server" | cut -d ' ' -f 1)
  return $status
}

# instructions <command>...: how many the command executes outside the kernel; the same on a busy machine.
instructions() {
  quietly "$scratch/count" valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$@"
  sed -nE 's/.*I +refs: +//p' "$scratch/count" | tr -d ,
}

# per_call <few> <many> <value of few> <value of many>: what one more costs, so that starting and ending do not count.
per_call() {
  awk -v calls=$(($2 - $1)) -v few="$3" -v many="$4" 'BEGIN { printf "%.1f\n", (many - few) / calls }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", a / b }'; }

missed=0
# report <what> <value> [<most that is allowed>]
report() {
  if [ $# -lt 3 ]; then
    printf '%-52s %12s\n' "$1" "$2"
  elif awk -v value="$2" -v most="$3" 'BEGIN { exit !(value != "" && value + 0 <= most + 0) }'; then
    printf '%-52s %12s   at most %s\n' "$1" "$2" "$3"
  else
    printf '%-52s %12s   at most %s: MISSED\n' "$1" "$2" "$3"
    missed=1
  fi
}
