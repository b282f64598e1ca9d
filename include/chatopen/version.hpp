#pragma once

/// @file
/// The version of the headers, as macros for `#if`. CMake reads it from here.

#define CHATOPEN_VERSION_MAJOR 0
#define CHATOPEN_VERSION_MINOR 1
#define CHATOPEN_VERSION_PATCH 0
#define CHATOPEN_VERSION_STRING "0.1.0"
