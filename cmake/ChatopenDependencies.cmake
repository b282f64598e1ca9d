# The libraries that the SDK is built with. A project that brings its own targets of these names keeps them.

# chatopen_missing(<library> <its packages> [<what helps besides>...]): ends with what is missing, and how to get it.
function(chatopen_missing library packages)
  list(JOIN ARGN "" besides)
  message(FATAL_ERROR "chatopen: ${library} was not found. Install its development package (${packages}), or run "
    "scripts/install_dependencies.sh.${besides}")
endfunction()

if(NOT TARGET CURL::libcurl)
  find_package(CURL QUIET)
  if(NOT CURL_FOUND)
    chatopen_missing("libcurl" "Debian: libcurl4-openssl-dev, vcpkg and Homebrew: curl")
  endif()
  # CMake's own module sets both, libcurl's package only the second.
  if(NOT CURL_VERSION_STRING)
    set(CURL_VERSION_STRING "${CURL_VERSION}")
  endif()
  if(CURL_VERSION_STRING VERSION_LESS 7.87)
    message(FATAL_ERROR "chatopen: libcurl ${CURL_VERSION_STRING} is too old: 7.87 or newer is needed, as in Debian 12, "
      "Ubuntu 23.04, vcpkg and Homebrew. Point CMAKE_PREFIX_PATH at a newer one.")
  endif()
endif()
if(NOT TARGET nlohmann_json::nlohmann_json)
  find_package(nlohmann_json 3.10 QUIET)
  if(NOT nlohmann_json_FOUND)
    chatopen_missing("nlohmann/json 3.10 or newer" "Debian: nlohmann-json3-dev, vcpkg and Homebrew: nlohmann-json")
  endif()
endif()
if(NOT TARGET simdjson::simdjson)
  # Without a version: its package accepts the same major version only, and 3 and 4 both serve.
  find_package(simdjson QUIET)
  if(NOT simdjson_FOUND)
    chatopen_missing("simdjson" "Debian: libsimdjson-dev, vcpkg and Homebrew: simdjson")
  endif()
  if(simdjson_VERSION VERSION_LESS 3.0)
    message(FATAL_ERROR "chatopen: simdjson ${simdjson_VERSION} is too old: 3.0 or newer is needed")
  endif()
endif()
if(CHATOPEN_BUILD_PROGRAM AND NOT TARGET CLI11::CLI11)
  find_package(CLI11 QUIET)
  if(NOT CLI11_FOUND)
    chatopen_missing("CLI11" "Debian: libcli11-dev, vcpkg and Homebrew: cli11"
      " Or leave out the program: -DCHATOPEN_BUILD_PROGRAM=OFF.")
  endif()
endif()
find_package(Threads REQUIRED)
