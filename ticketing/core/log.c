#include "ticketing/core/log.h"

#include <string.h>
#include <unistd.h>

#define VALUE_MAX_BYTES 500

static int lowest = PN_LOG_INFO;
static char *role_name;

void
pn_log_set_level (PnLogLevel level)
{
  g_atomic_int_set (&lowest, (int) level);
}

void
pn_log_set_role (const char *role)
{
  g_free (role_name);
  role_name = g_strdup (role);
}

static const char *
level_name (PnLogLevel level)
{
  switch (level) {
  case PN_LOG_DEBUG: return "debug";
  case PN_LOG_INFO: return "info";
  case PN_LOG_WARNING: return "warning";
  case PN_LOG_ERROR: return "error";
  }
  g_assert_not_reached ();
}

char *
pn_log_value (const char *text)
{
  GString *value = NULL;

  if (text == NULL)
    return g_strdup ("-");
  value = g_string_new ("\"");
  for (gsize i = 0; text[i] != '\0' && i < VALUE_MAX_BYTES; i++) {
    guchar byte = (guchar) text[i];

    if (byte == '"' || byte == '\\')
      g_string_append_printf (value, "\\%c", byte);
    else if (byte < 0x20 || byte == 0x7f)
      g_string_append_printf (value, "\\x%02x", byte);
    else
      g_string_append_c (value, (char) byte);
  }
  g_string_append_c (value, '"');
  return g_string_free (value, FALSE);
}

/* One write () a line, so that lines of several processes on one stderr do not mix. */
static void
write_line (PnLogLevel level, const char *event, const char *pairs, const char *reason)
{
  g_autoptr (GString) line = g_string_new (level_name (level));

  g_string_append_printf (line, " %s", event);
  if (role_name != NULL)
    g_string_append_printf (line, " role=%s", role_name);
  if (pairs != NULL)
    g_string_append_printf (line, " %s", pairs);
  if (reason != NULL)
    g_string_append_printf (line, " reason=%s", reason);
  g_strdelimit (line->str, "\r\n", ' ');
  g_string_append_c (line, '\n');
  if (write (STDERR_FILENO, line->str, line->len) < 0)
    return; /* there is nowhere left to tell it */
}

void
pn_log (PnLogLevel level, const char *event, const char *format, ...)
{
  g_autofree char *pairs = NULL;
  va_list args;

  if ((int) level < g_atomic_int_get (&lowest))
    return;
  if (format != NULL) {
    va_start (args, format);
    pairs = g_strdup_vprintf (format, args);
    va_end (args);
  }
  write_line (level, event, pairs, NULL);
}

void
pn_log_error (PnLogLevel level, const char *event, const GError *error, const char *format, ...)
{
  g_autofree char *pairs = NULL;
  g_autofree char *reason = NULL;
  va_list args;

  if ((int) level < g_atomic_int_get (&lowest))
    return;
  if (format != NULL) {
    va_start (args, format);
    pairs = g_strdup_vprintf (format, args);
    va_end (args);
  }
  reason = pn_log_value (error != NULL ? error->message : NULL);
  write_line (level, event, pairs, reason);
}
