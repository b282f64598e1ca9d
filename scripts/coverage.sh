#!/usr/bin/env bash
# scripts/coverage.sh [<argument of cmake>...]: scripts/test.sh in build/coverage, then prints the line coverage of src/
# and fails below 90 %. Needs g++ and gcovr.
. "$(dirname "$0")/environment.sh"

# Counts of an earlier run would be added to.
mkdir -p build/coverage
find build/coverage -name '*.gcda' -delete
CHATOPEN_TEST_BUILD=build/coverage scripts/test.sh --preset coverage "$@"
say "Line coverage of src/"
gcovr --root . --filter src/ --object-directory build/coverage --exclude-throw-branches --fail-under-line 90 \
  --print-summary build/coverage
