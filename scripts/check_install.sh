#!/usr/bin/env bash
# scripts/check_install.sh: installs chatopen static and shared, moves each tree elsewhere, and builds and runs the outside
# project tests/install against it with find_package and pkg-config; then with add_subdirectory and FetchContent.
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
    "$compiler" -std=c++20 "$project/main.cpp" "$project/names.cpp" -o "$outside/by_pkg_config" $flags
    run env LD_LIBRARY_PATH="$libraries" "$outside/by_pkg_config" "$outside/a.png"
  done
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

  say "An outside project finds the $kind libraries with find_package"
  build_project "$outside/with_$kind" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix"
  say "and with pkg-config"
  check_pkg_config "$prefix"
done
for from in add_subdirectory fetch_content; do
  say "An outside project takes the sources with $from"
  rm -rf "build/outside_$from"
  build_project "build/outside_$from" -DCMAKE_BUILD_TYPE=Debug -DCHATOPEN_FROM=$from -DCHATOPEN_SOURCE="$PWD"
done
say "Every way of using the package works"
