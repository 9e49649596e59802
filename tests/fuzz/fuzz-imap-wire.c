#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/imap_guard.h"
#include "gateway/mail/imap_line.h"

static gboolean
is_refused (const guint8 *data, gsize size, gsize piece)
{
  const char *refused = NULL;
  PnImapGuard guard;

  pn_imap_guard_init (&guard, 1000);
  for (gsize at = 0; at < size && refused == NULL; at += piece)
    refused = pn_imap_guard_feed (&guard, (const char *) data + at, MIN (piece, size - at));
  return refused != NULL;
}

/* The guard judges alike however the bytes are cut, and a line is read without a trace of its neighbours. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *line = g_strndup ((const char *) data, size);
  g_autofree char *code = NULL;
  g_autofree char *words = NULL;

  if (is_refused (data, size, 1) != is_refused (data, size, size + 1)
      || is_refused (data, size, 7) != is_refused (data, size, size + 1))
    g_error ("the guard judges by the cut");
  pn_imap_line_read (line, "7", &code, &words);
  if (code == NULL || words == NULL || strlen (code) + strlen (words) > strlen (line))
    g_error ("a line has more words than it has");
  return 0;
}
