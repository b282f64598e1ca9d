#!/usr/bin/env bash
# scripts/test.sh [<argument of cmake>...]: installs what is missing, builds everything, runs every test.
. "$(dirname "$0")/environment.sh"

scripts/install_dependencies.sh test
say "Configuring build/test"
configure build/test -DCMAKE_BUILD_TYPE=Debug "$@"
say "Building (messages go to build/test/build.log)"
build build/test
say "Running the tests"
run_tests build/test
