#!/usr/bin/env bash
# scripts/demo.sh: installs what is missing, builds the documented picture question (examples/multimodal.cpp), and asks
# it of the embedded sandbox over a real socket.
. "$(dirname "$0")/environment.sh"

scripts/install_dependencies.sh build
say "Configuring build/demo"
configure build/demo -DCMAKE_BUILD_TYPE=Release -DCHATOPEN_BUILD_TESTS=OFF
say "Building examples/multimodal.cpp (about a minute; messages go to build/demo/build.log)"
build build/demo example_multimodal
say "Asking about a picture"
# The sandbox, also where the environment names the real service.
exec env -u CHATOPEN_BASE_URL -u CHATOPEN_CONFIG build/demo/examples/multimodal
