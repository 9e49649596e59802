#include "gateway/mail/dot.h"

void
pn_dot_feed (PnDot *dot, const char *bytes, gsize size_bytes, GString *out)
{
  for (gsize i = 0; i < size_bytes; i++) {
    char c = bytes[i];
    gboolean had_cr = dot->has_cr;

    if (c == '\0')
      continue;
    dot->has_cr = c == '\r';
    if (c == '\n' && had_cr)
      continue;
    if (c == '\r' || c == '\n') {
      g_string_append (out, "\r\n");
      dot->is_midline = FALSE;
      continue;
    }
    if (c == '.' && !dot->is_midline)
      g_string_append_c (out, '.');
    g_string_append_c (out, c);
    dot->is_midline = TRUE;
  }
}

void
pn_dot_end (PnDot *dot, GString *out)
{
  if (dot->is_midline)
    g_string_append (out, "\r\n");
  *dot = (PnDot){ 0 };
}
