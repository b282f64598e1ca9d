#!/usr/bin/env bash
# scripts/install_dependencies.sh [build|test|checks]: installs what is missing, with apt.
#   build   what the libraries, the sandbox and the examples need (the default)
#   test    also what the tests need
#   checks  also the tools of .ci/run
set -euo pipefail

wanted=${1:-build}
missing=()

# need_command <package> <command>...: unless one of the commands is there.
need_command() {
  local package=$1 each
  shift
  for each; do
    if command -v "$each" >/dev/null; then return; fi
  done
  missing+=("$package")
}

# need_package <package> [<package that serves as well>...]
need_package() {
  local each
  for each; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$each" 2>/dev/null)" = installed ]; then return; fi
  done
  missing+=("$1")
}

case "$wanted" in
  build | test | checks) ;;
  *) echo "usage: $0 [build|test|checks]" >&2 && exit 2 ;;
esac
if ! command -v apt-get >/dev/null; then
  cat >&2 <<'TEXT'
==> No apt here: these must be there already, or the build says which one it misses.
    build: a C++20 compiler, CMake 3.22, libcurl 7.87, nlohmann-json 3.10, simdjson 3.0, cpp-httplib, CLI11; test: GoogleTest, OpenSSL, nghttpd, nghttpx, GNU parallel, mandoc
    Homebrew: brew install cmake curl nlohmann-json simdjson cpp-httplib cli11 googletest openssl nghttp2
    vcpkg:    vcpkg install curl nlohmann-json simdjson cpp-httplib cli11 gtest openssl
TEXT
  exit 0
fi

need_command g++ g++ clang++ c++
need_command cmake cmake
need_command ninja-build ninja make
need_package libcurl4-openssl-dev libcurl4-gnutls-dev libcurl4-nss-dev
need_package nlohmann-json3-dev
need_package libsimdjson-dev
need_package libcpp-httplib-dev
need_package libcli11-dev
# Where cpp-httplib is described, which has no CMake package.
need_command pkg-config pkg-config pkgconf
if [ "$wanted" != build ]; then
  need_package libgtest-dev
  need_package libgmock-dev
  need_package libssl-dev
  need_package zlib1g-dev
  need_command nghttp2-server nghttpd
  # moreutils has another command of this name.
  need_package parallel
  need_command mandoc mandoc
fi
if [ "$wanted" = checks ]; then
  need_command g++ g++
  need_command clang clang++
  need_command clang-format clang-format
  need_command clang-tidy clang-tidy
  need_command doxygen doxygen
  need_command gcovr gcovr
  need_command valgrind valgrind
  need_command ninja-build ninja
  need_command ccache ccache
  need_command openssl openssl
  need_command iproute2 ip
  need_command strace strace
  need_package time
  need_command git git
  need_command nodejs node
  need_command npm npm
  need_command zsh zsh
  need_command fish fish
  need_package nghttp2-proxy
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_missing() {
  local log
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "==> Missing, and neither root nor sudo to install it: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  # The package of nghttpx starts a service, which nothing here needs; a unit that is masked is not started.
  local unit=/etc/systemd/system/nghttpx.service
  if [[ " ${missing[*]} " == *" nghttp2-proxy "* ]] && [ -d "${unit%/*}" ] && [ ! -e "$unit" ] && [ ! -L "$unit" ]; then
    as_root ln -s /dev/null "$unit"
  fi
  local apt=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
  echo "==> Installing ${missing[*]}"
  log=$(mktemp)
  # A list that cannot be refreshed is no reason to stop: the packages may be found all the same.
  "${apt[@]}" update >"$log" 2>&1 </dev/null || true
  if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    echo "==> apt-get could not install: ${missing[*]}" >&2
    exit 1
  fi
  rm -f "$log"
  missing=()
}

install_missing
if [ "$wanted" = checks ]; then
  # clang's sanitizers and fuzzer, which clang only recommends, are packaged under its version.
  need_package "libclang-rt-$(clang++ -dumpversion | cut -d. -f1)-dev"
  install_missing
fi
