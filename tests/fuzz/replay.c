/* Replays a corpus through a fuzz target: each file is a test. The target "fuzz-x" finds its corpus in
 * tests/fuzz/corpus/x; other folders may be named as arguments. */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/target.h"

static guint n_files;

static void
replay_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &text, &size, &error))
    g_error ("%s", error->message);
  bytes =
      g_memdup2 (text, size); /* without GLib's NUL behind it, so that reading too far is seen */
  LLVMFuzzerTestOneInput (bytes, size);
  printf ("ok %u - %s\n", ++n_files, strrchr (path, '/') + 1);
  fflush (stdout);
}

static void
replay_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    replay_file (path);
  }
}

int
main (int argc, char **argv)
{
  const char *source = g_getenv ("TOP_SRCDIR");
  const char *target = strstr (argv[0], "fuzz-");
  g_autofree char *folder = NULL;

  for (int i = 1; i < argc; i++)
    replay_folder (argv[i]);
  if (argc == 1) {
    while (target != NULL && strstr (target + 1, "fuzz-") != NULL)
      target = strstr (target + 1, "fuzz-");
    g_assert (target != NULL);
    folder = g_build_filename (source != NULL ? source : ".", "tests", "fuzz", "corpus",
                               target + strlen ("fuzz-"), NULL);
    replay_folder (folder);
  }
  printf ("1..%u\n", n_files);
  return n_files > 0 ? 0 : 1;
}
