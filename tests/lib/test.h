/* Tests: what every GLib test program of ours starts with. */
#pragma once

#include <glib.h>

/* Initialises GLib's tests (TAP, nonfatal assertions: all failures of a program are reported, not only the first). */
void pn_test_init (int *argc, char ***argv);

/* Fails the test when @error is set, with its message; then clears it. */
#define pn_assert_no_error(error)                                                                  \
  do {                                                                                             \
    g_assert_no_error (error);                                                                     \
    g_clear_error (&(error));                                                                      \
  } while (0)
