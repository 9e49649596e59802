#include "gateway/mail/flowed.h"

#include <string.h>

#define PARAGRAPH_BYTES_MAX 65536 /* a longer one is no paragraph */

char *
pn_flowed_join (const char *text, gboolean del_sp)
{
  GString *out = g_string_sized_new (strlen (text));
  gsize depth_before = 0;
  gsize start = 0;          /* of the paragraph in @out */
  gboolean is_open = FALSE; /* the line before goes on */

  while (*text != '\0') {
    gsize depth = strspn (text, ">");
    const char *line = text + depth;
    gsize n = strcspn (line, "\n");
    gboolean has_break = line[n] == '\n';

    if (*line == ' ' && n > 0) { /* stuffed */
      line++;
      n--;
    }
    gboolean is_mark = n == 3 && memcmp (line, "-- ", 3) == 0;
    if (is_open && (depth != depth_before || is_mark || out->len - start > PARAGRAPH_BYTES_MAX)) {
      g_string_append_c (out, '\n');
      is_open = FALSE;
    }
    if (!is_open) {
      start = out->len;
      for (gsize i = 0; i < depth; i++)
        g_string_append_c (out, '>');
      if (depth > 0 && n > 0)
        g_string_append_c (out, ' ');
    }
    is_open = n > 0 && line[n - 1] == ' ' && !is_mark && has_break;
    g_string_append_len (out, line, (gssize) (n - (is_open && del_sp)));
    if (!is_open && has_break)
      g_string_append_c (out, '\n');
    depth_before = depth;
    text = line + n + has_break;
  }
  return g_string_free (out, FALSE);
}
