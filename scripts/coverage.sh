#!/usr/bin/env bash
# scripts/coverage.sh: runs every test, prints the line coverage of src/, and fails below 90 %.
. "$(dirname "$0")/environment.sh"

scripts/install_dependencies.sh test
configure build/coverage --preset coverage "$@"
build build/coverage
find build/coverage -name '*.gcda' -delete
run_tests build/coverage
say "Line coverage of src/"
gcovr --root . --filter src/ --object-directory build/coverage --exclude-unreachable-branches \
  --exclude-throw-branches --fail-under-line 90 --print-summary build/coverage
