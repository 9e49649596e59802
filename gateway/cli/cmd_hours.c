#include "gateway/cli/cmd_hours.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ticketing/core/error.h"
#include "ticketing/hours.h"

#define SECONDS_MAX G_GINT64_CONSTANT (1000000000000)

static PnHours *
load_calendar (const char *path, GError **error)
{
  json_error_t where;
  json_t *document = json_load_file (path, JSON_REJECT_DUPLICATES, &where);
  PnHours *hours = NULL;

  if (document == NULL) {
    if (where.line > 0)
      pn_error_set (error, PN_ERROR_INVALID, "%s, line %d: %s", path, where.line, where.text);
    else
      pn_error_set (error, PN_ERROR_NOT_FOUND, "%s", where.text); /* it can't be opened */
    return NULL;
  }
  hours = pn_hours_read (document, error);
  json_decref (document);
  if (hours == NULL)
    g_prefix_error (error, "%s: ", path);
  return hours;
}

/* Whole seconds, and the fraction where there is one. */
static char *
write_instant (PnTime time)
{
  g_autofree char *whole = pn_clock_write (time);
  gint64 fraction = time % PN_SECOND;

  if (time == 0)
    return g_strdup ("1970-01-01T00:00:00Z");
  if (fraction == 0)
    return g_steal_pointer (&whole);
  whole[strlen (whole) - 1] = '\0';
  return g_strdup_printf ("%s.%06dZ", whole, (int) fraction);
}

static char *
answer_add (const PnHours *hours, const char *start_text, const char *seconds_text, GError **error)
{
  gint64 seconds;
  PnTime start, due;

  if (!pn_clock_read (start_text, &start, error))
    return NULL;
  if (!g_ascii_string_to_signed (seconds_text, 10, 0, SECONDS_MAX, &seconds, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no number of seconds, 0 or more",
                  seconds_text);
    return NULL;
  }
  due = pn_hours_add (hours, start, seconds * PN_SECOND);
  return due == PN_HOURS_NEVER ? g_strdup ("never") : write_instant (due);
}

static char *
answer_between (const PnHours *hours, const char *from_text, const char *to_text, GError **error)
{
  PnTime from, to;
  gint64 counted;

  if (!pn_clock_read (from_text, &from, error) || !pn_clock_read (to_text, &to, error))
    return NULL;
  counted = pn_hours_between (hours, from, to);
  if (counted % PN_SECOND == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, counted / PN_SECOND);
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%06d", counted / PN_SECOND,
                          (int) (counted % PN_SECOND));
}

/* Returns: (owned) what to print for the three words of a question. */
static char *
answer (const PnHours *hours, char **words, GError **error)
{
  if (g_strv_length (words) == 3 && strcmp (words[0], "add") == 0)
    return answer_add (hours, words[1], words[2], error);
  if (g_strv_length (words) == 3 && strcmp (words[0], "between") == 0)
    return answer_between (hours, words[1], words[2], error);
  pn_error_set (error, PN_ERROR_INVALID, "write: add START SECONDS, or: between START END");
  return NULL;
}

/* A wrong line gets an answer too, so that answers stay beside their questions. */
static int
answer_lines (const PnHours *hours)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  int code = EX_OK;
  char *text = NULL;

  g_io_channel_set_encoding (input, NULL, NULL);
  while (g_io_channel_read_line (input, &text, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    g_autofree char *line = g_strstrip (text);
    g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);
    g_autoptr (GError) error = NULL;
    g_autofree char *words_out = NULL;

    if (*line == '\0')
      continue;
    words_out = g_utf8_validate (line, -1, NULL) ? answer (hours, words, &error)
                                                 : g_strdup ("error: not UTF-8");
    if (words_out == NULL)
      words_out = g_strdup_printf ("error: %s", error->message);
    if (g_str_has_prefix (words_out, "error: "))
      code = EX_DATAERR;
    puts (words_out);
  }
  return code;
}

int
pn_cmd_hours (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean is_batch = FALSE;
  const GOptionEntry options[] = {
    { "calendar", 0, 0, G_OPTION_ARG_FILENAME, &path, "The calendar, a JSON file", "FILE" },
    { "batch", 0, 0, G_OPTION_ARG_NONE, &is_batch,
      "Read questions from standard input, a line each", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("[add START SECONDS | between START END]");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnHours) hours = NULL;
  g_autofree char *text = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || path == NULL
      || (is_batch && argc > 1)) {
    g_printerr (
        "postern hours: %s\n",
        error != NULL
            ? error->message
            : "usage: postern hours --calendar FILE [--batch] [add START SECONDS | between START END]");
    return EX_USAGE;
  }
  hours = load_calendar (path, &error);
  if (hours == NULL) {
    g_printerr ("postern hours: %s\n", error->message);
    return pn_error_exit_code (error);
  }
  if (is_batch || argc == 1)
    return answer_lines (hours);
  text = answer (hours, argv + 1, &error);
  if (text == NULL) {
    g_printerr ("postern hours: %s\n", error->message);
    return pn_error_exit_code (error);
  }
  puts (text);
  return EX_OK;
}
