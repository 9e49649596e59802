/* Fuzz target: the one function of each tests/fuzz/fuzz-x.c. It may reject its input, never crash, hang or leak. */
#pragma once

#include <glib.h>
#include <signal.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static inline void
abort_on_trap (int number)
{
  abort ();
}

/* g_error () ends in a trap, for which libFuzzer would keep no input; for an abort it does. */
__attribute__ ((constructor)) static void
watch_traps (void)
{
  signal (SIGTRAP, abort_on_trap);
}
