#include "gateway/mail/mime_date.h"

#include <gmime/gmime.h>

#define DATE_BYTES_MAX 200
#define YEAR_MIN 1970
#define YEAR_MAX 2200

gboolean
pn_mime_date_read (const char *text, PnTime *time, gint32 *zone_minutes)
{
  g_autofree char *cut = g_strndup (text, DATE_BYTES_MAX);
  g_autoptr (GDateTime) date = g_mime_utils_header_decode_date (g_strstrip (cut));
  int year = date != NULL ? g_date_time_get_year (date) : 0;

  if (year < YEAR_MIN || year > YEAR_MAX)
    return FALSE;
  *time = g_date_time_to_unix (date) * PN_SECOND;
  *zone_minutes = (gint32) (g_date_time_get_utc_offset (date) / G_TIME_SPAN_MINUTE);
  return TRUE;
}
