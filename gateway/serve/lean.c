#include "gateway/serve/lean.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANGES_MAX 128
#define LINE_BYTES 4352 /* a path may have 4095 */

typedef struct {
  guintptr start;
  guintptr end;
} Range;

/* Beginnings of the names of files, or of the folder that they lie in. */
static const char *const spare_files[] = {
  "libassuan.",  "libblkid.",     "libbz2.",       "libffi.",  "libgio-2.0.", "libgmodule-2.0.",
  "libgpgme.",   "libgpg-error.", "libidn2.",      "liblzma.", "libmount.",   "libpcre2-8.",
  "libseccomp.", "libselinux.",   "libunistring.", "libz.",
};
static const char spare_folder[] = "/gconv/";

static Range ranges[RANGES_MAX];
static gsize n_ranges;
static gboolean is_prepared;
static int code; /* of the child's exit; 0: it is not watched */

static gboolean
is_spare (const char *path)
{
  const char *slash = strrchr (path, '/');

  if (slash == NULL)
    return FALSE;
  if (strstr (path, spare_folder) != NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (spare_files); i++) {
    if (g_str_has_prefix (slash + 1, spare_files[i]))
      return TRUE;
  }
  return FALSE;
}

/* Takes "start-end rights offset device inode path". */
static void
take_line (const char *line)
{
  Range range;
  Range *last = n_ranges > 0 ? &ranges[n_ranges - 1] : NULL;
  int at = 0;

  if (sscanf (line, "%" G_GINTPTR_MODIFIER "x-%" G_GINTPTR_MODIFIER "x %*s %*s %*s %*s %n",
              &range.start, &range.end, &at)
          != 2
      || at == 0 || !is_spare (line + at))
    return;
  if (last != NULL && last->end == range.start)
    last->end = range.end;
  else if (n_ranges < RANGES_MAX)
    ranges[n_ranges++] = range;
}

void
pn_lean_prepare (void)
{
  char line[LINE_BYTES];
  FILE *file = NULL;

  if (is_prepared)
    return;
  is_prepared = TRUE;
#ifndef PN_SANITIZED /* a sanitizer looks at all that is mapped, and at faults before we do */
  file = fopen ("/proc/self/maps", "re");
#endif
  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    take_line (line);
  if (file != NULL)
    fclose (file);
}

void
pn_lean_fork (gboolean is_lean)
{
  for (gsize i = 0; i < n_ranges; i++)
    madvise ((void *) ranges[i].start, ranges[i].end - ranges[i].start,
             is_lean ? MADV_DONTFORK : MADV_DOFORK);
}

static void
on_fault (int number, siginfo_t *info, void *context)
{
  guintptr address = (guintptr) info->si_addr;

  for (gsize i = 0; i < n_ranges; i++) {
    if (address >= ranges[i].start && address < ranges[i].end)
      _exit (code);
  }
  signal (SIGSEGV, SIG_DFL); /* and the instruction is tried again */
}

void
pn_lean_watch (int exit_code)
{
  struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

  code = exit_code;
  sigaction (SIGSEGV, &action, NULL);
}

gsize
pn_lean_bytes (void)
{
  gsize bytes = 0;

  for (gsize i = 0; i < n_ranges; i++)
    bytes += ranges[i].end - ranges[i].start;
  return bytes;
}
