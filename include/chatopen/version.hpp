#pragma once

/// @file
/// The version of the headers, as macros for `#if`. CMake reads it from here.

/// The first number of the version.
#define CHATOPEN_VERSION_MAJOR 0
/// The second; before 1.0 it changes when the interface does.
#define CHATOPEN_VERSION_MINOR 1
/// The third.
#define CHATOPEN_VERSION_PATCH 0
/// All three, as text.
#define CHATOPEN_VERSION_STRING "0.1.0"
