#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/mime_write.h"

#define N_FIELDS 9

/* Returns: how many fields the header block has. */
static guint
count_fields (const char *message)
{
  guint n = 0;

  while (message != NULL && !g_str_has_prefix (message, "\r\n")) {
    n += *message == ' ' || *message == '\t' ? 0 : 1;
    message = strstr (message, "\r\n");
    message = message == NULL ? NULL : message + 2;
  }
  return n;
}

/* Returns: (owned) a letter that holds @fields, written; NULL when it is refused. */
static char *
write_letter (char **fields)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  PnAddress from = { fields[0], (char *) "support@demo.example" };
  PnAddress to = { fields[1], (char *) "ada@customer.example" };
  PnAddress reply_to = { fields[2], (char *) "support+t@demo.example" };
  PnLetterFile file = { fields[3], fields[4], bytes };
  PnHeader header = { (char *) "X-Postern-Id", fields[5] };
  PnLetter letter = { .from = &from,
                      .to = &to,
                      .reply_to = &reply_to,
                      .subject = fields[6],
                      .text = fields[7],
                      .html = fields[8],
                      .message_id = "a@demo.example",
                      .in_reply_to = fields[5],
                      .headers = &header,
                      .n_headers = 1,
                      .files = &file,
                      .n_files = 1 };
  g_autoptr (GBytes) written = pn_mime_write (&letter, NULL);

  return written == NULL ? NULL
                         : g_strndup (g_bytes_get_data (written, NULL), g_bytes_get_size (written));
}

/* The input is nine fields with NUL between them. Whatever they hold, a letter that is written has the fields that were
 * asked for and no others: From To Reply-To Subject Date Message-ID X-Postern-Id MIME-Version Content-Type, and where the
 * sixth is an id In-Reply-To and References. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *all = g_malloc0 (size + 1);
  g_autofree char *message = NULL;
  char *fields[N_FIELDS];
  char *at = all;

  memcpy (all, data, size);
  for (int i = 0; i < N_FIELDS; i++) {
    fields[i] = at;
    at = MIN (at + strlen (at) + 1, all + size);
  }
  message = write_letter (fields);
  if (message != NULL && count_fields (message) != 9 && count_fields (message) != 11)
    g_error ("the header has %u fields: %s", count_fields (message), message);
  return 0;
}
