#include "gateway/serve/heap.h"

#include <glib.h>
#include <malloc.h>
#include <stdlib.h>

#ifndef PN_SANITIZED

#define AHEAD_BYTES (1024 * 1024) /* that children have without asking the kernel */
#define TRIM_BYTES (64 * AHEAD_BYTES)
#define SMALLEST_BYTES 24
#define LARGEST_BYTES (64 * 1024)
#define CACHED_BYTES 1032 /* up to here, free () keeps a piece as it is */
#define STEP_BYTES 16
#define HOLES_MAX 100000

/* Takes every piece below the memory that nobody had, large ones first. */
static void
fill_holes (void)
{
  void *ahead = malloc (AHEAD_BYTES);
  const guintptr fresh = (guintptr) ahead;
  guint n = 0;

  free (ahead);
  for (gsize size = LARGEST_BYTES; size >= SMALLEST_BYTES; size -= STEP_BYTES) {
    void *hole = malloc (size);

    while (hole != NULL && (guintptr) hole < fresh && n++ < HOLES_MAX)
      hole = malloc (size);
    if (size > CACHED_BYTES)
      free (hole);
  }
}

void
pn_heap_settle (void)
{
  mallopt (M_TOP_PAD, AHEAD_BYTES);
  mallopt (M_TRIM_THRESHOLD, TRIM_BYTES);
  mallopt (M_MMAP_THRESHOLD, 4 * AHEAD_BYTES);
  malloc_trim (AHEAD_BYTES);
  fill_holes ();
}

#else

void
pn_heap_settle (void)
{
}

#endif
