include(CMakePackageConfigHelpers)

set(chatopen_install_cmakedir "${CMAKE_INSTALL_LIBDIR}/cmake/chatopen")

# chatopen_install(<target> HEADERS <directory below include/> [EXCLUDE <subdirectory>...] [PROGRAMS <target>...]
#                  DESCRIPTION <text> [REQUIRES <pkg-config package>...] [LINKS <linker flag>...])
#
# Installs a library: its headers, an export set of its own (<target>Targets), and a pkg-config file. LINKS is what a
# static build must be linked with besides.
function(chatopen_install target)
  if(NOT CHATOPEN_INSTALL)
    return()
  endif()
  cmake_parse_arguments(arg "" "HEADERS;DESCRIPTION" "EXCLUDE;PROGRAMS;REQUIRES;LINKS" ${ARGN})
  install(TARGETS ${target} EXPORT ${target}Targets
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${target}
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${target}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${target}
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(EXPORT ${target}Targets NAMESPACE chatopen:: DESTINATION "${chatopen_install_cmakedir}" COMPONENT ${target})
  set(excluded "")
  foreach(each IN LISTS arg_EXCLUDE)
    list(APPEND excluded PATTERN "${each}" EXCLUDE)
  endforeach()
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/${arg_HEADERS}/" "${PROJECT_BINARY_DIR}/include/${arg_HEADERS}/"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${arg_HEADERS}" COMPONENT ${target}
    FILES_MATCHING PATTERN "*.hpp" ${excluded})
  foreach(program IN LISTS arg_PROGRAMS)
    chatopen_install_program(${program} COMPONENT ${target})
  endforeach()
  chatopen_install_pkg_config(${target} "${arg_DESCRIPTION}" "${arg_REQUIRES}" "${arg_LINKS}")
endfunction()

# chatopen_install_program(<target> COMPONENT <component>): finds our libraries wherever the prefix is moved to.
function(chatopen_install_program program)
  cmake_parse_arguments(arg "" "COMPONENT" "" ${ARGN})
  if(UNIX)
    file(RELATIVE_PATH to_libraries "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
    set_target_properties(${program} PROPERTIES
      INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>/${to_libraries}")
  endif()
  install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${arg_COMPONENT})
endfunction()

function(chatopen_install_pkg_config target description requires links)
  string(REPLACE "_" "-" name ${target})
  # Relative to the file itself, so that the installed tree can be moved.
  file(RELATIVE_PATH to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  list(JOIN requires ", " requires)
  list(JOIN links " " links)
  get_target_property(type ${target} TYPE)
  set(private_links "")
  set(definitions "")
  if(type STREQUAL "SHARED_LIBRARY")
    set(private_links "${links}")
    set(links "")
  else()
    # Named for every link and not as Requires.private: that would drag in the private libraries of a shared libcurl,
    # whose development files need not be there.
    get_target_property(definitions ${target} INTERFACE_COMPILE_DEFINITIONS)
    list(TRANSFORM definitions PREPEND "-D")
    list(JOIN definitions " " definitions)
  endif()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/library.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
    COMPONENT ${target})
endfunction()

# chatopen_install_package(): what find_package(chatopen CONFIG) reads, once every library is declared.
function(chatopen_install_package)
  set(static OFF)
  get_target_property(type chatopen TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    set(static ON)
  endif()
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/chatopenConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/chatopenConfig.cmake" INSTALL_DESTINATION "${chatopen_install_cmakedir}"
    NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/chatopenConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/chatopenConfig.cmake" "${PROJECT_BINARY_DIR}/chatopenConfigVersion.cmake"
    DESTINATION "${chatopen_install_cmakedir}" COMPONENT chatopen)
  # Not the README, which is about the source tree and points into it.
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT chatopen)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT chatopen
    FILES_MATCHING PATTERN "*.md" PATTERN "*.yaml")
  # Debian's cpp-httplib has no CMake package, so users of a static sandbox find it as we do.
  if(static AND TARGET chatopen_sandbox)
    install(FILES "${PROJECT_SOURCE_DIR}/cmake/Findhttplib.cmake" DESTINATION "${chatopen_install_cmakedir}"
      COMPONENT chatopen_sandbox)
  endif()
endfunction()
