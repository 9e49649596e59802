/* A settled heap has next to no holes: what a child of the parser asks for lies where nothing was before. */
#include "gateway/serve/heap.h"

#include <stdlib.h>

#include "tests/lib/test.h"

#define PIECES 4000
#define LARGEST_BYTES 2000

#ifndef PN_SANITIZED

static gsize
size_of (guint i)
{
  return 24 + (i * 37) % (LARGEST_BYTES - 24);
}

/* Leaves many holes behind. Returns: the end of the last piece that stays. */
static guintptr
make_holes (void **pieces)
{
  guintptr end = 0;

  for (guint i = 0; i < PIECES; i++) {
    pieces[i] = malloc (size_of (i));
    end = MAX (end, (guintptr) pieces[i] + size_of (i));
  }
  for (guint i = 0; i + 1 < PIECES; i += 2) {
    free (pieces[i]);
    pieces[i] = NULL;
  }
  return end;
}

static void
test_holes (void)
{
  g_autofree void **pieces = g_new0 (void *, PIECES);
  g_autofree void **fresh = g_new0 (void *, PIECES);
  const guintptr end = make_holes (pieces);
  guint in_holes = 0;

  pn_heap_settle ();
  for (guint i = 0; i < PIECES; i++) {
    fresh[i] = malloc (size_of (i));
    if ((guintptr) fresh[i] < end)
      in_holes++;
  }
  g_assert_cmpuint (in_holes, <, PIECES / 100);
  for (guint i = 0; i < PIECES; i++) {
    free (pieces[i]);
    free (fresh[i]);
  }
}

#else

static void
test_holes (void)
{
  g_test_skip ("a sanitizer lays memory out in its own way");
}

#endif

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/heap/holes", test_holes);
  return g_test_run ();
}
