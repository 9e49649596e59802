/* Format: numbers, sizes, dates and spans of time as people write them, in English ("en", the default) and German.
 *
 * Times are UTC microseconds since 1970 and shown in a zone given by its offset. Pure functions, any thread.
 */
#pragma once

#include <glib.h>

typedef struct {
  const char *language; /* "de"; NULL or unknown: "en" */
  gint64 now;           /* UTC microseconds */
  gint64 utc_offset_seconds;
} PnFormat;

char *pn_format_number (const PnFormat *format, gint64 number); /* (owned) "1,234", "1.234" */
char *pn_format_real (const PnFormat *format,
                      double number); /* (owned) at most two decimals: "0.82", "0,82" */
char *pn_format_size (const PnFormat *format,
                      gint64 bytes); /* (owned) "84 kB", "1.2 MB": powers of 1000 */
char *pn_format_duration (const PnFormat *format,
                          gint64 seconds); /* (owned) "45 s", "2 h 5 min", "3 d 4 h" */

char *pn_format_date (const PnFormat *format,
                      gint64 time); /* (owned) "22 Nov 2026", "22. Nov. 2026" */
char *pn_format_time (const PnFormat *format, gint64 time);     /* (owned) "10:42" */
char *pn_format_datetime (const PnFormat *format, gint64 time); /* (owned) "22 Nov 2026, 10:42" */
char *pn_format_iso (gint64 time);                              /* (owned) "2026-11-22T10:42:07Z" */

/* Returns: (owned) how far @time is from now, in words: "just now", "5 minutes ago", "in 38 minutes", "yesterday";
 * beyond a week the date. */
char *pn_format_ago (const PnFormat *format, gint64 time);

/* Reads what pn_format_iso () writes, as documents have it, and nothing else. */
gboolean pn_format_read_iso (const char *text, gint64 *time);

/* Reads RFC 3339 ("2026-11-22T10:42:07.5+01:00").
 * Returns: FALSE when @text is none; @time untouched. */
gboolean pn_format_read_time (const char *text, gint64 *time);
