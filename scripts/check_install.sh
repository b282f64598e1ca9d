#!/usr/bin/env bash
# scripts/check_install.sh: installs chatopen static and shared, moves each tree elsewhere, and builds and runs the outside
# project tests/install against it with find_package and pkg-config, and the README's project; then the first with
# add_subdirectory and FetchContent.
. "$(dirname "$0")/environment.sh"

outside=$(mktemp -d)
trap 'rm -rf "$outside"' EXIT
cp -R tests/install "$outside/project"
printf '\211PNG\r\n\032\n................' >"$outside/a.png"
compiler=${CXX:-c++}

run() {
  [ "$(env -u CHATOPEN_BASE_URL -u CHATOPEN_CONFIG "$@")" = ok ]
}

# build_project <build directory> <argument of cmake>...
build_project() {
  local build=$1
  shift
  configure "$build" -S "$outside/project" "$@"
  build "$build"
  run "$build/outside" "$outside/a.png"
  run "$build/outside_json"
}

check_pkg_config() {
  local prefix=$1 project=$outside/project libraries=$1/lib option
  for option in "" --static; do
    local flags
    # shellcheck disable=SC2086
    flags=$(PKG_CONFIG_PATH="$libraries/pkgconfig" pkg-config $option --cflags --libs chatopen-testing chatopen-sandbox)
    # shellcheck disable=SC2086
    "$compiler" -std=c++20 "$project"/{main,names,streams,coroutine}.cpp -o "$outside/by_pkg_config" $flags
    run env LD_LIBRARY_PATH="$libraries" "$outside/by_pkg_config" "$outside/a.png"
  done
}

# block_of_readme <language>: the README's first block of code in it.
block_of_readme() { awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { if (on) exit } on' README.md; }

# The README's lines of CMake and its program, asking the installed chatopen-sandbox.
check_readme() {
  local prefix=$1 project=$outside/readme sandbox status=0
  mkdir -p "$project"
  block_of_readme cmake >"$project/CMakeLists.txt"
  block_of_readme cpp >"$project/main.cpp"
  rm -rf "$project/build"
  configure "$project/build" -S "$project" -DCMAKE_PREFIX_PATH="$prefix"
  if grep -A 5 'CMake.*Warning' "$project/build/configure.log"; then return 1; fi
  build "$project/build"
  # Before the server does so, which the loop may overtake: there are the lines of the one before.
  : >"$outside/variables"
  "$prefix/bin/chatopen-sandbox" >"$outside/variables" &
  sandbox=$!
  until [ "$(grep -c '^export' "$outside/variables")" = 3 ]; do
    kill -0 $sandbox
    sleep 0.1
  done
  (
    # shellcheck disable=SC1091
    . "$outside/variables"
    "$project/build/app"
  ) | grep -q 'picture https://example.com/a.jpg' || status=$?
  kill $sandbox
  wait $sandbox || true
  return $status
}

# check_refusal <prefix> <component> <what CMake says>
check_refusal() {
  rm -rf "$outside/refusal"
  mkdir "$outside/refusal"
  printf 'cmake_minimum_required(VERSION 3.22)\nproject(refusal LANGUAGES CXX)\nfind_package(chatopen CONFIG REQUIRED COMPONENTS %s)\n' \
    "$2" >"$outside/refusal/CMakeLists.txt"
  ! cmake -S "$outside/refusal" -B "$outside/refusal/build" -DCMAKE_PREFIX_PATH="$1" >"$outside/refusal.log" 2>&1
  tr '\n' ' ' <"$outside/refusal.log" | tr -s ' ' | grep -qF "$3"
}

check_static_library() {
  # It never prints and never ends the program on its own (std::terminate apart).
  ! nm -C "$1" | grep -E ' U (abort|_?exit|_Exit|quick_exit|v?f?printf|__v?f?printf_chk|puts|putchar|fputs|std::(cout|cerr|clog))$'
}

check_shared_library() {
  readelf -d "$1" | grep 'SONAME.*libchatopen\.so\.[0-9]*\.[0-9]*\]' >/dev/null
  ! nm -DC --defined-only "$1" | grep -E ' [TDBR] ' | grep -vE ' [TDBR] (non-virtual thunk to )?chatopen::'
}

for kind in static shared; do
  say "Installing the $kind libraries"
  build=build/install_$kind
  configure "$build" -DCMAKE_BUILD_TYPE=Release -DCHATOPEN_BUILD_TESTS=OFF -DCHATOPEN_BUILD_EXAMPLES=OFF \
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS="$([ $kind = shared ] && echo ON || echo OFF)"
  build "$build"
  quietly "$build/install.log" cmake --install "$build" --prefix "$outside/installed"
  prefix=$outside/$kind
  mv "$outside/installed" "$prefix"
  if [ $kind = static ]; then
    check_static_library "$prefix/lib/libchatopen.a"
  elif command -v readelf >/dev/null; then
    check_shared_library "$prefix/lib/libchatopen.so"
  fi
  "$prefix/bin/chatopen-sandbox" --help >/dev/null
  "$prefix/bin/chatopen" chat --sandbox Hi 2>/dev/null | grep -q '^gpt-4o received'
  for file in man/man1/chatopen.1 bash-completion/completions/chatopen zsh/site-functions/_chatopen \
    fish/vendor_completions.d/chatopen.fish; do
    [ -s "$prefix/share/$file" ]
  done

  say "An outside project finds the $kind libraries with find_package"
  build_project "$outside/with_$kind" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix"
  say "and with pkg-config"
  check_pkg_config "$prefix"
  say "The README's project works with the $kind libraries"
  check_readme "$prefix"
done
say "A component that is not there is named"
check_refusal "$outside/static" nonsense 'chatopen has no component "nonsense"'
rm "$outside"/static/lib/cmake/chatopen/chatopen_sandboxTargets*.cmake
check_refusal "$outside/static" sandbox 'chatopen was installed without its component "sandbox"'
for from in add_subdirectory fetch_content; do
  say "An outside project takes the sources with $from"
  rm -rf "build/outside_$from"
  build_project "build/outside_$from" -DCMAKE_BUILD_TYPE=Debug -DCHATOPEN_FROM=$from -DCHATOPEN_SOURCE="$PWD"
done
say "Every way of using the package works"
