#include "gateway/mail/uuencode.h"

#include <string.h>

#define FILES_MAX 100

void
pn_uu_file_free (PnUuFile *file)
{
  if (file == NULL)
    return;
  g_free (file->name);
  g_bytes_unref (file->bytes);
  g_free (file);
}

/* Returns: (owned) NAME of "begin MODE NAME"; NULL when the line is something else. */
static char *
begin_name (const char *line, gsize size_bytes)
{
  gsize digits;

  if (size_bytes < 11 || memcmp (line, "begin ", 6) != 0)
    return NULL;
  digits = strspn (line + 6, "01234567");
  if (digits < 3 || digits > 4 || line[6 + digits] != ' ' || size_bytes <= 7 + digits)
    return NULL;
  return g_strstrip (g_strndup (line + 7 + digits, size_bytes - 7 - digits));
}

/* Decodes one line. Returns: FALSE when it is none of uuencode. */
static gboolean
decode_line (GByteArray *out, const char *line, gsize size_bytes)
{
  guint n = size_bytes > 0 ? (guint) (line[0] - 32) & 63 : 0;
  gsize groups = (n + 2) / 3;

  if (size_bytes == 0 || line[0] < 32 || line[0] > 96 || size_bytes - 1 > groups * 4 + 2
      || size_bytes + 3 < groups * 4)
    return FALSE;
  for (gsize i = 1; i < size_bytes; i++) {
    if (line[i] < 32 || line[i] > 96)
      return FALSE;
  }
  for (gsize g = 0; g < groups; g++) {
    guint8 v[4];

    for (gsize k = 0; k < 4; k++) {
      gsize at = 1 + g * 4 + k;

      v[k] = at < size_bytes ? (guint8) ((line[at] - 32) & 63) : 0;
    }
    guint8 bytes[3] = { (guint8) (v[0] << 2 | v[1] >> 4), (guint8) (v[1] << 4 | v[2] >> 2),
                        (guint8) (v[2] << 6 | v[3]) };
    g_byte_array_append (out, bytes, MIN (3, n - (guint) g * 3));
  }
  return TRUE;
}

static gsize
line_size (const char *c, gsize *next)
{
  gsize n = strcspn (c, "\n");

  *next = n + (c[n] == '\n');
  while (n > 0 && c[n - 1] == '\r')
    n--;
  return n;
}

/* Reads the file whose "begin" line is at @c. Returns: behind its "end"; NULL when it is no file. */
static const char *
file_read (const char *c, char *name, GPtrArray *files)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize next;

  line_size (c, &next);
  for (c += next; *c != '\0'; c += next) {
    gsize n = line_size (c, &next);

    if (n == 3 && memcmp (c, "end", 3) == 0) {
      PnUuFile *file = g_new0 (PnUuFile, 1);

      file->name = g_strdup (name);
      file->bytes = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      g_ptr_array_add (files, file);
      return c + next;
    }
    if (n > 0 && !decode_line (bytes, c, n))
      return NULL;
  }
  return NULL;
}

char *
pn_uuencode_extract (const char *text, GPtrArray *files)
{
  g_autoptr (GString) rest = NULL;
  const char *kept = text;
  gsize next;

  if (strstr (text, "begin ") == NULL)
    return NULL;
  for (const char *c = text; *c != '\0' && files->len < FILES_MAX; c += next) {
    gsize n = line_size (c, &next);
    g_autofree char *name = begin_name (c, n);
    const char *end = name != NULL ? file_read (c, name, files) : NULL;

    if (end == NULL)
      continue;
    if (rest == NULL)
      rest = g_string_new (NULL);
    g_string_append_len (rest, kept, c - kept);
    kept = end;
    next = (gsize) (end - c);
  }
  if (rest == NULL)
    return NULL;
  g_string_append (rest, kept);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}
