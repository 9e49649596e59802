#include "templates/format.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define YEAR_0 1900        /* of struct tm */
#define JULIAN_1970 719163 /* GLib's day of 1 January 1970 */

typedef struct {
  const char *language;
  char thousands;
  char decimal;
  const char *day_ending; /* after the day of the month */
  const char *now;
  const char *before_past; /* "vor 5 Minuten", "5 minutes ago" */
  const char *after_past;
  const char *yesterday;
  const char *tomorrow;
  const char *units[3][2]; /* minute, hour, day; one and many, as they stand in past and future */
  const char *days[2];     /* short: day, days */
  const char *months[12];
} Words;

static const Words words[] = {
  { "en",
    ',',
    '.',
    "",
    "just now",
    "",
    " ago",
    "yesterday",
    "tomorrow",
    { { "minute", "minutes" }, { "hour", "hours" }, { "day", "days" } },
    { "d", "d" },
    { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" } },
  { "de",
    '.',
    ',',
    ".",
    "gerade eben",
    "vor ",
    "",
    "gestern",
    "morgen",
    { { "Minute", "Minuten" }, { "Stunde", "Stunden" }, { "Tag", "Tagen" } },
    { "Tag", "Tage" },
    { "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
      "Dez." } },
};

static const Words *
words_for (const PnFormat *format)
{
  for (gsize i = 1; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i].language, format->language) == 0)
      return &words[i];
  return &words[0];
}

char *
pn_format_number (const PnFormat *format, gint64 number)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  GString *out = g_string_new (NULL);
  gsize size = strlen (digits);

  for (gsize i = 0; i < size; i++) {
    if (i > 0 && digits[i - 1] != '-' && (size - i) % 3 == 0)
      g_string_append_c (out, words_for (format)->thousands);
    g_string_append_c (out, digits[i]);
  }
  return g_string_free (out, FALSE);
}

char *
pn_format_real (const PnFormat *format, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  char *point;

  if (!isfinite (number) || fabs (number) >= 1e15)
    return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number));
  g_ascii_formatd (buffer, sizeof buffer, "%.2f", number);
  while (g_str_has_suffix (buffer, "0"))
    buffer[strlen (buffer) - 1] = '\0';
  if (g_str_has_suffix (buffer, "."))
    buffer[strlen (buffer) - 1] = '\0';
  point = strchr (buffer, '.');
  if (point != NULL)
    *point = words_for (format)->decimal;
  return g_strdup (buffer);
}

char *
pn_format_size (const PnFormat *format, gint64 bytes)
{
  static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
  gsize unit = 0;
  double size = (double) bytes;
  g_autofree char *number = NULL;

  while (size >= 999.5 && unit + 1 < G_N_ELEMENTS (units)) {
    size /= 1000.0;
    unit++;
  }
  if (unit > 1 && size < 9.95)
    size = (double) (gint64) (size * 10.0 + 0.5) / 10.0;
  else
    size = (double) (gint64) (size + 0.5);
  number = pn_format_real (format, size);
  return g_strdup_printf ("%s %s", number, units[unit]);
}

char *
pn_format_duration (const PnFormat *format, gint64 seconds)
{
  const Words *known = words_for (format);
  gint64 size = seconds < 0 ? 0 : seconds;

  if (size < MINUTE)
    return g_strdup_printf ("%d s", (int) size);
  if (size < HOUR)
    return g_strdup_printf ("%d min", (int) (size / MINUTE));
  if (size < DAY && size % HOUR < MINUTE)
    return g_strdup_printf ("%d h", (int) (size / HOUR));
  if (size < DAY)
    return g_strdup_printf ("%d h %d min", (int) (size / HOUR), (int) (size % HOUR / MINUTE));
  if (size % DAY < HOUR)
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s", size / DAY, known->days[size / DAY != 1]);
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s %d h", size / DAY, known->days[size / DAY != 1],
                          (int) (size % DAY / HOUR));
}

/* The wall clock of the reader; FALSE beyond the calendar. */
static gboolean
local_time (const PnFormat *format, gint64 time, struct tm *local)
{
  time_t seconds = (time >= 0 ? time : time - (SECOND - 1)) / SECOND;

  if (seconds > G_MAXINT64 / 2 || ABS (format->utc_offset_seconds) > DAY)
    return FALSE;
  seconds += format->utc_offset_seconds;
  return gmtime_r (&seconds, local) != NULL && local->tm_year >= 1 - YEAR_0
         && local->tm_year <= 9999 - YEAR_0;
}

char *
pn_format_date (const PnFormat *format, gint64 time)
{
  const Words *known = words_for (format);
  struct tm local;

  if (!local_time (format, time, &local))
    return g_strdup ("?");
  return g_strdup_printf ("%d%s %s %d", local.tm_mday, known->day_ending,
                          known->months[local.tm_mon], local.tm_year + YEAR_0);
}

char *
pn_format_time (const PnFormat *format, gint64 time)
{
  struct tm local;

  if (!local_time (format, time, &local))
    return g_strdup ("?");
  return g_strdup_printf ("%02d:%02d", local.tm_hour, local.tm_min);
}

char *
pn_format_datetime (const PnFormat *format, gint64 time)
{
  g_autofree char *date = pn_format_date (format, time);
  g_autofree char *clock = pn_format_time (format, time);

  return g_strconcat (date, ", ", clock, NULL);
}

char *
pn_format_iso (gint64 time)
{
  static const PnFormat utc = { NULL, 0, 0 };
  struct tm when;

  if (!local_time (&utc, time, &when))
    return g_strdup ("?");
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", when.tm_year + YEAR_0, when.tm_mon + 1,
                          when.tm_mday, when.tm_hour, when.tm_min, when.tm_sec);
}

static gint64
day_number (const PnFormat *format, gint64 time)
{
  gint64 seconds = time / SECOND + format->utc_offset_seconds;

  return seconds / DAY - (seconds % DAY < 0 ? 1 : 0);
}

static char *
distance (const Words *known, gboolean is_past, int unit, gint64 n)
{
  g_autofree char *span =
      g_strdup_printf ("%" G_GINT64_FORMAT " %s", n, known->units[unit][n != 1]);

  if (!is_past)
    return g_strconcat ("in ", span, NULL);
  return g_strconcat (known->before_past, span, known->after_past, NULL);
}

char *
pn_format_ago (const PnFormat *format, gint64 time)
{
  const Words *known = words_for (format);
  gboolean is_past = time <= format->now;
  gint64 seconds =
      (is_past ? format->now / SECOND - time / SECOND : time / SECOND - format->now / SECOND);
  gint64 days = ABS (day_number (format, format->now) - day_number (format, time));

  if (seconds < MINUTE)
    return g_strdup (known->now);
  if (seconds < HOUR)
    return distance (known, is_past, 0, seconds / MINUTE);
  if (seconds < DAY && (days == 0 || seconds < 12 * HOUR))
    return distance (known, is_past, 1, seconds / HOUR);
  if (days <= 1)
    return g_strdup (is_past ? known->yesterday : known->tomorrow);
  if (days < 7)
    return distance (known, is_past, 2, days);
  return pn_format_date (format, time);
}

static int
read_digits (const char *at, int digits)
{
  int number = 0;

  while (digits-- > 0)
    number = number * 10 + (*at++ - '0');
  return number;
}

gboolean
pn_format_read_iso (const char *text, gint64 *time)
{
  static const char form[] = "0000-00-00T00:00:00Z";
  GDate day;
  gint64 seconds;

  for (gsize i = 0; i < sizeof form; i++) {
    if (form[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
      return FALSE;
  }
  if (!g_date_valid_dmy ((GDateDay) read_digits (text + 8, 2),
                         (GDateMonth) read_digits (text + 5, 2), (GDateYear) read_digits (text, 4))
      || read_digits (text + 11, 2) > 23 || read_digits (text + 14, 2) > 59
      || read_digits (text + 17, 2) > 59)
    return FALSE;
  g_date_clear (&day, 1);
  g_date_set_dmy (&day, (GDateDay) read_digits (text + 8, 2),
                  (GDateMonth) read_digits (text + 5, 2), (GDateYear) read_digits (text, 4));
  seconds = ((gint64) g_date_get_julian (&day) - JULIAN_1970) * DAY
            + read_digits (text + 11, 2) * HOUR + read_digits (text + 14, 2) * MINUTE
            + read_digits (text + 17, 2);
  *time = seconds * SECOND;
  return TRUE;
}

/* Any other of RFC 3339, with another zone or parts of seconds. */
static gboolean
read_other (const char *text, gint64 *time)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) when = strlen (text) > 64 ? NULL : g_date_time_new_from_iso8601 (text, utc);

  if (when == NULL)
    return FALSE;
  *time = g_date_time_to_unix (when) * SECOND + g_date_time_get_microsecond (when);
  return TRUE;
}

gboolean
pn_format_read_time (const char *text, gint64 *time)
{
  return pn_format_read_iso (text, time) || read_other (text, time);
}
