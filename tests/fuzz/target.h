/* Fuzz target: the one function of each tests/fuzz/fuzz-x.c. It may reject its input, never crash, hang or leak. */
#pragma once

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
