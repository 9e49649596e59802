#include "gateway/serve/heap.h"

#include <glib.h>
#include <malloc.h>
#include <stdlib.h>

#define AHEAD_BYTES (1024 * 1024) /* that children have without asking the kernel */
#define TRIM_BYTES (64 * AHEAD_BYTES)
#define SMALLEST_BYTES 24
#define LARGEST_BYTES (64 * 1024)
#define STEP_BYTES 16
#define HOLES_MAX 100000

void
pn_heap_fill_holes (void)
{
#ifndef PN_SANITIZED
  guintptr fresh;
  guint n = 0;
  void *ahead;

  mallopt (M_TOP_PAD, AHEAD_BYTES);
  mallopt (M_TRIM_THRESHOLD, TRIM_BYTES);
  mallopt (M_MMAP_THRESHOLD, 4 * AHEAD_BYTES);
  ahead = malloc (AHEAD_BYTES);
  fresh = (guintptr) ahead;
  free (ahead);
  for (gsize size = LARGEST_BYTES; size >= SMALLEST_BYTES; size -= STEP_BYTES) {
    void *hole = malloc (size);

    while (hole != NULL && (guintptr) hole < fresh && n++ < HOLES_MAX)
      hole = malloc (size);
    free (hole);
  }
#endif
}
