#include "gateway/mail/mime_type.h"

#include <magic.h>

#define LOOK_BYTES (64 * 1024)

static magic_t cookie; /* never closed: one a process, as long as it lives */

void
pn_mime_type_warm_up (void)
{
  if (cookie != NULL)
    return;
  cookie = magic_open (MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR
                       | MAGIC_NO_CHECK_ELF);
  if (cookie != NULL && magic_load (cookie, NULL) != 0) {
    magic_close (cookie);
    cookie = NULL;
  }
}

char *
pn_mime_type_of (const void *bytes, gsize size_bytes)
{
  const char *type = NULL;

  pn_mime_type_warm_up ();
  if (cookie != NULL && size_bytes > 0)
    type = magic_buffer (cookie, bytes, MIN (size_bytes, LOOK_BYTES));
  return g_strdup (type != NULL ? type : "application/octet-stream");
}
