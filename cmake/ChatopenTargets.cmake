# chatopen_library(<target> EXPORT_NAME <name> EXPORT_HEADER <path below include/> SOURCES ...)
#
# A library as all of ours are: C++20, hidden visibility with a generated export header, position-independent also when
# static, and versioned. The sources are compiled once, as <target>_objects, which unit tests link to reach internals
# that the library hides.
function(chatopen_library target)
  cmake_parse_arguments(arg "" "EXPORT_NAME;EXPORT_HEADER;MACRO" "SOURCES;LINK_PUBLIC;LINK_PRIVATE" ${ARGN})
  add_library(${target}_objects OBJECT ${arg_SOURCES})
  add_library(${target} $<TARGET_OBJECTS:${target}_objects>)
  add_library(chatopen::${arg_EXPORT_NAME} ALIAS ${target})
  generate_export_header(${target} BASE_NAME ${arg_MACRO} EXPORT_MACRO_NAME ${arg_MACRO}_EXPORT
    EXPORT_FILE_NAME "${PROJECT_BINARY_DIR}/include/${arg_EXPORT_HEADER}")
  foreach(each ${target} ${target}_objects)
    target_compile_features(${each} PUBLIC cxx_std_20)
    set_target_properties(${each} PROPERTIES
      CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${each} PUBLIC
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>")
    target_link_libraries(${each} PUBLIC ${arg_LINK_PUBLIC} PRIVATE ${arg_LINK_PRIVATE})
  endforeach()
  target_include_directories(${target}_objects PRIVATE "${PROJECT_SOURCE_DIR}/src")
  if(BUILD_SHARED_LIBS)
    target_compile_definitions(${target}_objects PRIVATE ${target}_EXPORTS)
  else()
    string(TOUPPER ${arg_MACRO} macro)
    target_compile_definitions(${target} PUBLIC ${macro}_STATIC_DEFINE)
    target_compile_definitions(${target}_objects PUBLIC ${macro}_STATIC_DEFINE)
  endif()
  # Before 1.0 a minor version may break the ABI.
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_EXPORT_NAME}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()
