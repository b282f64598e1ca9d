#!/usr/bin/env bash
# scripts/test.sh [<argument of cmake>...]: installs what is missing, builds everything, runs every test.
. "$(dirname "$0")/environment.sh"

build=${CHATOPEN_TEST_BUILD:-build/test}
scripts/install_dependencies.sh test
say "Configuring $build"
configure "$build" -DCMAKE_BUILD_TYPE=Debug "$@"
say "Building (messages go to $build/build.log)"
build "$build"
say "Running the tests"
run_tests "$build"
