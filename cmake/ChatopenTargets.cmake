include(GenerateExportHeader)

# chatopen_library(<target> EXPORT_NAME <name> EXPORT_HEADER <path below include/> MACRO <macro> SOURCES <file>...
#                  [HOT <file>...] [APART <file>...] [LINK_PUBLIC <target>...] [LINK_PRIVATE <target>...] [HEADER_ONLY <target>...])
#
# A library as all of ours are: C++20, hidden visibility with a generated export header, position-independent also when
# static, and versioned. The sources are compiled once, as <target>_objects, which unit tests link to reach internals
# that the library hides. HOT are those of the SOURCES that run for every byte: they are optimised for speed, the others
# for size. When there are APART, what every call needs is compiled as one unit in optimised builds, which makes a program
# a tenth smaller; HOT and APART, which a program may do without, stay units of their own. HEADER_ONLY dependencies are needed to compile it and never by those who link it.
function(chatopen_library target)
  cmake_parse_arguments(arg "" "EXPORT_NAME;EXPORT_HEADER;MACRO" "SOURCES;HOT;APART;LINK_PUBLIC;LINK_PRIVATE;HEADER_ONLY" ${ARGN})
  set(objects ${target}_objects)
  add_library(${objects} OBJECT ${arg_SOURCES})
  add_library(${target} $<TARGET_OBJECTS:${objects}>)
  add_library(chatopen::${arg_EXPORT_NAME} ALIAS ${target})
  generate_export_header(${target} BASE_NAME ${arg_MACRO} EXPORT_MACRO_NAME ${arg_MACRO}_EXPORT
    EXPORT_FILE_NAME "${PROJECT_BINARY_DIR}/include/${arg_EXPORT_HEADER}")
  foreach(each ${target} ${objects})
    target_compile_features(${each} PUBLIC cxx_std_20)
    set_target_properties(${each} PROPERTIES
      CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${each} PUBLIC
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>")
    target_link_libraries(${each} PUBLIC ${arg_LINK_PUBLIC} PRIVATE ${arg_LINK_PRIVATE})
    chatopen_instrument(${each})
  endforeach()
  target_include_directories(${objects} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${objects} PRIVATE ${arg_HEADER_ONLY})
  chatopen_warnings(${objects})
  if(NOT MSVC)
    # Most of the code runs once per call at most, and much of it only to refuse what is wrong.
    set(optimised "$<CONFIG:Release,RelWithDebInfo>")
    target_compile_options(${objects} PRIVATE "$<${optimised}:-Os>")
    set(faster -O2)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # g++ does both also for size, and makes it larger.
      target_compile_options(${objects} PRIVATE "$<${optimised}:-fno-partial-inlining;-fno-move-loop-invariants>")
      list(APPEND faster -fpartial-inlining -fmove-loop-invariants)
    endif()
    set_source_files_properties(${arg_HOT} PROPERTIES COMPILE_OPTIONS "$<${optimised}:${faster}>")
    if(arg_APART AND CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$")
      set(together ${arg_SOURCES})
      list(REMOVE_ITEM together ${arg_HOT} ${arg_APART})
      set_source_files_properties(${together} PROPERTIES UNITY_GROUP every_call)
      set_target_properties(${objects} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    endif()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    target_compile_definitions(${objects} PRIVATE ${target}_EXPORTS)
    # An installed library finds its neighbours wherever the prefix is moved to.
    if(APPLE)
      set_target_properties(${target} PROPERTIES INSTALL_RPATH "@loader_path")
    elseif(UNIX)
      set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
    endif()
  else()
    target_compile_definitions(${target} PUBLIC ${arg_MACRO}_STATIC_DEFINE)
    target_compile_definitions(${objects} PUBLIC ${arg_MACRO}_STATIC_DEFINE)
    if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT MSVC)
      # So that a program linked with --gc-sections carries only what it calls.
      target_compile_options(${objects} PRIVATE -ffunction-sections -fdata-sections)
    endif()
  endif()
  # Before 1.0 a minor version may break the ABI.
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_EXPORT_NAME}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

# chatopen_warnings(<target>...): the warnings that our own code must be free of.
function(chatopen_warnings)
  foreach(target IN LISTS ARGN)
    if(MSVC)
      target_compile_options(${target} PRIVATE /W4 $<$<BOOL:${CHATOPEN_WARNINGS_AS_ERRORS}>:/WX>)
    else()
      target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
        $<$<BOOL:${CHATOPEN_WARNINGS_AS_ERRORS}>:-Werror>)
    endif()
  endforeach()
endfunction()

# chatopen_instrument(<target>): sanitizers, which every program that links the target needs too, and coverage.
function(chatopen_instrument target)
  if(CHATOPEN_SANITIZE)
    set(flags -fsanitize=${CHATOPEN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # Instrumented code hides from g++ what is initialized.
      list(APPEND flags -Wno-maybe-uninitialized)
    endif()
    target_compile_options(${target} PUBLIC "$<BUILD_INTERFACE:${flags}>")
    target_link_options(${target} PUBLIC "$<BUILD_INTERFACE:-fsanitize=${CHATOPEN_SANITIZE}>")
  endif()
  if(CHATOPEN_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
    target_link_options(${target} PUBLIC "$<BUILD_INTERFACE:--coverage>")
  endif()
endfunction()
