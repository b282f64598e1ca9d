#!/usr/bin/env bash
# scripts/repeat_faults.sh [<times>] [<argument of ctest>...]: builds, runs every test over real sockets so many times
# (20), and stops at the first that fails. Without an argument of ctest, the tests of allocations that fail come first.
. "$(dirname "$0")/environment.sh"

times=${1:-20}
shift || true
case $times in
  '' | *[!0-9]* | 0)
    echo "usage: scripts/repeat_faults.sh [<times>] [<argument of ctest>...]" >&2
    exit 2
    ;;
esac
build=${CHATOPEN_TEST_BUILD:-build/test}
scripts/install_dependencies.sh test
say "Configuring $build"
configure "$build" -DCMAKE_BUILD_TYPE=Debug
say "Building (messages go to $build/build.log)"
build "$build" integration_tests unit_client unit_codec unit_stream
say "Running each test $times times"
# What is skipped would prove nothing.
export CHATOPEN_REQUIRE_NETNS=1
repeat() { run_tests "$build" --repeat "until-fail:$times" --stop-on-failure "$@"; }
[ $# -gt 0 ] || repeat --tests-regex '^AllocationFailures\.'
# Nothing runs beside a test that measures time; ctest keeps to that here, too.
repeat --label-regex '^integration$' "$@"
