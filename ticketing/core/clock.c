#include "ticketing/core/clock.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "ticketing/core/error.h"

#define JITTER (5 * PN_MILLISECOND)
#define YEAR_0 1900 /* of struct tm */

static gint64 database_offset; /* guarded by lock; so is frozen */
static PnTime frozen;          /* 0: it goes on */
static GMutex lock;

/* What a file sets off. */
typedef struct {
  gint64 passed; /* microseconds on all clocks */
  gint64 leapt;  /* on this one alone */
} Offset;

#ifdef PN_DEMO_CLOCK
static Offset
file_offset (void)
{
  static struct timespec seen;
  static Offset offset;
  const char *path = g_getenv ("POSTERN_CLOCK");
  g_autofree char *text = NULL;
  struct stat info;

  if (path == NULL || stat (path, &info) != 0)
    return (Offset){ 0, 0 };
  if (info.st_mtim.tv_sec != seen.tv_sec || info.st_mtim.tv_nsec != seen.tv_nsec) {
    if (g_file_get_contents (path, &text, NULL, NULL)) {
      char *rest = text;

      offset.passed = (gint64) (g_ascii_strtod (rest, &rest) * (double) PN_SECOND);
      offset.leapt = (gint64) (g_ascii_strtod (rest, NULL) * (double) PN_SECOND);
    }
    seen = info.st_mtim;
  }
  return offset;
}
#else
static Offset
file_offset (void)
{
  return (Offset){ 0, 0 };
}
#endif

/* Under the lock. */
static PnTime
read_clock (const Offset *offset)
{
  return frozen != 0 ? frozen
                     : g_get_real_time () + database_offset + offset->passed + offset->leapt;
}

PnTime
pn_clock_now (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  const Offset offset = file_offset ();

  return read_clock (&offset);
}

void
pn_clock_look (PnTime *now, gint64 *monotonic)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  const Offset offset = file_offset ();
  struct timespec since_boot = { 0 };

  clock_gettime (CLOCK_BOOTTIME, &since_boot);
  *monotonic = since_boot.tv_sec * PN_SECOND + since_boot.tv_nsec / 1000 + offset.passed;
  *now = read_clock (&offset);
}

void
pn_clock_freeze (PnTime now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  frozen = now;
}

void
pn_clock_set_database_now (PnTime now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  gint64 offset = now - g_get_real_time ();

  database_offset = ABS (offset) > JITTER ? offset : 0;
}

static void
put_digits (char *at, int number, int digits)
{
  while (digits-- > 0) {
    at[digits] = (char) ('0' + number % 10);
    number /= 10;
  }
}

char *
pn_clock_write (PnTime time)
{
  const time_t seconds = time / PN_SECOND;
  char text[] = "0000-00-00T00:00:00Z";
  struct tm moment;

  if (time == 0 || gmtime_r (&seconds, &moment) == NULL || moment.tm_year < 1 - YEAR_0
      || moment.tm_year > 9999 - YEAR_0)
    return NULL;
  put_digits (text, moment.tm_year + YEAR_0, 4);
  put_digits (text + 5, moment.tm_mon + 1, 2);
  put_digits (text + 8, moment.tm_mday, 2);
  put_digits (text + 11, moment.tm_hour, 2);
  put_digits (text + 14, moment.tm_min, 2);
  put_digits (text + 17, moment.tm_sec, 2);
  return g_strdup (text);
}

gboolean
pn_clock_read (const char *text, PnTime *time, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (text, utc);
  g_autofree char *midnight = NULL;

  if (moment == NULL && strlen (text) == 10) {
    midnight = g_strconcat (text, "T00:00:00Z", NULL);
    moment = g_date_time_new_from_iso8601 (midnight, utc);
  }
  if (moment == NULL) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%s\" is no time; write 2026-11-22T10:00:00Z or 2026-11-22", text);
    return FALSE;
  }
  *time = g_date_time_to_unix (moment) * PN_SECOND + g_date_time_get_microsecond (moment);
  return TRUE;
}
