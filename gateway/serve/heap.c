#include "gateway/serve/heap.h"

#include <fcntl.h>
#include <glib.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef PN_SANITIZED

#define AHEAD_BYTES (1024 * 1024) /* that children have without asking the kernel */
#define TRIM_BYTES (64 * AHEAD_BYTES)
#define SMALLEST_BYTES 24
#define LARGEST_BYTES (64 * 1024)
#define CACHED_BYTES 1032 /* up to here, free () keeps a piece as it is */
#define STEP_BYTES 16
#define HOLES_MAX 100000
#define LINE_BYTES 4352 /* a path may have 4095 */

/* Returns: where the memory begins that nobody had. */
static guintptr
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
  return fresh;
}

/* Puts the pages from @start to @end in a file that is never written again. From write () to mmap () nothing may change
 * there. */
static void
freeze (guintptr start, guintptr end)
{
  const gsize size = end - start;
  int fd = memfd_create ("heap", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0)
    return;
  if (write (fd, (const void *) start, size) == (gssize) size
      && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
    mmap ((void *) start, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
  close (fd);
}

/* Finds where the heap that grows by brk () lies. */
static gboolean
find_heap (guintptr *start, guintptr *end)
{
  char line[LINE_BYTES];
  FILE *file = fopen ("/proc/self/maps", "re");
  gboolean is_found = FALSE;

  while (file != NULL && !is_found && fgets (line, sizeof line, file) != NULL)
    is_found =
        strstr (line, "[heap]") != NULL
        && sscanf (line, "%" G_GINTPTR_MODIFIER "x-%" G_GINTPTR_MODIFIER "x", start, end) == 2;
  if (file != NULL)
    fclose (file);
  return is_found;
}

void
pn_heap_settle (void)
{
  const guintptr page = (guintptr) sysconf (_SC_PAGESIZE);
  guintptr start = 0;
  guintptr end = 0;
  guintptr fresh;

  mallopt (M_TOP_PAD, AHEAD_BYTES);
  mallopt (M_TRIM_THRESHOLD, TRIM_BYTES);
  mallopt (M_MMAP_THRESHOLD, 4 * AHEAD_BYTES);
  fresh = fill_holes () & ~(page - 1);
  if (find_heap (&start, &end) && start < fresh && fresh < end)
    freeze (start, fresh);
}

#else

void
pn_heap_settle (void)
{
}

#endif
