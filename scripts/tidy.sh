#!/usr/bin/env bash
# scripts/tidy.sh [<source>...]: clang-tidy over what we ship (.clang-tidy says which checks), or over these files only.
. "$(dirname "$0")/environment.sh"

sources=("$@")
if [ ${#sources[@]} -eq 0 ]; then
  mapfile -t sources < <(git ls-files 'src/*.cpp' 'examples/*.cpp' 'tools/*.cpp')
fi
configure build/shared --preset shared -DCMAKE_CXX_COMPILER=clang++
# Files are spread over the cores two at a time; jobs comes from environment.sh.
printf '%s\0' "${sources[@]}" | xargs -0 -n 2 -P "${jobs:?}" clang-tidy --quiet -p build/shared 2>/dev/null
