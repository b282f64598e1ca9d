# Finds cpp-httplib as the target httplib::httplib: by its own CMake package (vcpkg, Homebrew), by its pkg-config file
# (Debian, whose header must be compiled with the macros named there), or as the single header.
#
# Self-contained, because the installed package of chatopen repeats it for its consumers.

# A project that brings its own answers for its version.
if(TARGET httplib::httplib)
  set(httplib_FOUND TRUE)
  return()
endif()

include(FindPackageHandleStandardArgs)
# Without a version: its package accepts the same minor version only.
find_package(httplib CONFIG QUIET)
if(httplib_FOUND)
  find_package_handle_standard_args(httplib REQUIRED_VARS httplib_DIR VERSION_VAR httplib_VERSION)
  return()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_httplib QUIET IMPORTED_TARGET cpp-httplib)
endif()
find_path(httplib_INCLUDE_DIR httplib.h HINTS ${PC_httplib_INCLUDE_DIRS})
mark_as_advanced(httplib_INCLUDE_DIR)
if(httplib_INCLUDE_DIR)
  file(STRINGS "${httplib_INCLUDE_DIR}/httplib.h" httplib_VERSION REGEX "^#define CPPHTTPLIB_VERSION \"")
  string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" httplib_VERSION "${httplib_VERSION}")
endif()
find_package_handle_standard_args(httplib REQUIRED_VARS httplib_INCLUDE_DIR VERSION_VAR httplib_VERSION
  REASON_FAILURE_MESSAGE "Install cpp-httplib (Debian: libcpp-httplib-dev), or set CHATOPEN_BUILD_SANDBOX=OFF.")
if(httplib_FOUND)
  find_package(Threads REQUIRED)
  add_library(httplib::httplib INTERFACE IMPORTED)
  target_link_libraries(httplib::httplib INTERFACE Threads::Threads)
  if(PC_httplib_FOUND)
    target_link_libraries(httplib::httplib INTERFACE PkgConfig::PC_httplib)
  else()
    target_include_directories(httplib::httplib INTERFACE "${httplib_INCLUDE_DIR}")
  endif()
endif()
