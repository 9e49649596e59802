#include "ticketing/holiday.h"

#include <libical/ical.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define NAME_BYTES 100
#define EVENT_DAYS 366        /* of one event */
#define OCCURRENCES 5000      /* of one rule that are looked at */
#define YEARLY_LEAP_YEAR 2024 /* has every day that a year can have */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (icalcomponent, icalcomponent_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (icalrecur_iterator, icalrecur_iterator_free)

typedef struct {
  GTree *days; /* "2026-12-25" or "12-25" → name, both owned */
  int first_year;
  int last_year;
  guint skipped;
} Reading;

/* One event. */
typedef struct {
  icalcomponent *component;
  struct icaltimetype start;
  int days;
  char *name;
} Event;

static int
compare_days (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

/* libical reads 20200376 without a word, and counts with it beyond its tables. */
static gboolean
is_date (struct icaltimetype time)
{
  return time.year >= 1 && time.year <= 9999 && time.month >= 1 && time.month <= 12 && time.day >= 1
         && time.day <= 31
         && g_date_valid_dmy ((GDateDay) time.day, (GDateMonth) time.month, (GDateYear) time.year);
}

static void
add_day (Reading *reading, char *date, const char *name)
{
  if (g_tree_nnodes (reading->days) < PN_HOLIDAY_DAYS
      && g_tree_lookup (reading->days, date) == NULL)
    g_tree_insert (reading->days, date, g_strdup (name));
  else
    g_free (date);
}

static void
add_days (Reading *reading, const Event *event, struct icaltimetype start)
{
  for (int i = 0; i < event->days; i++) {
    if (is_date (start) && start.year >= reading->first_year && start.year <= reading->last_year)
      add_day (reading, g_strdup_printf ("%04d-%02d-%02d", start.year, start.month, start.day),
               event->name);
    icaltime_adjust (&start, 1, 0, 0, 0);
  }
}

static void
add_yearly (Reading *reading, const Event *event)
{
  struct icaltimetype day = event->start;

  day.year = YEARLY_LEAP_YEAR;
  for (int i = 0; i < event->days; i++) {
    add_day (reading, g_strdup_printf ("%02d-%02d", day.month, day.day), event->name);
    icaltime_adjust (&day, 1, 0, 0, 0);
  }
}

/* Does a date stand among the EXDATEs of the event? */
static gboolean
is_excepted (icalcomponent *component, struct icaltimetype day)
{
  icalproperty *property = icalcomponent_get_first_property (component, ICAL_EXDATE_PROPERTY);

  while (property != NULL) {
    if (icaltime_compare_date_only (icalproperty_get_exdate (property), day) == 0)
      return TRUE;
    property = icalcomponent_get_next_property (component, ICAL_EXDATE_PROPERTY);
  }
  return FALSE;
}

/* FREQ=YEARLY alone; with what libical has filled in for it. */
static gboolean
is_plainly_yearly (const Event *event, const struct icalrecurrencetype *rule)
{
  const short none = ICAL_RECURRENCE_ARRAY_MAX;
  const gboolean has_month =
      rule->by_month[0] == none
      || (rule->by_month[0] == event->start.month && rule->by_month[1] == none);
  const gboolean has_day =
      rule->by_month_day[0] == none
      || (rule->by_month_day[0] == event->start.day && rule->by_month_day[1] == none);

  return rule->freq == ICAL_YEARLY_RECURRENCE && rule->interval <= 1 && rule->count == 0
         && icaltime_is_null_time (rule->until) && has_month && has_day && rule->by_day[0] == none
         && rule->by_year_day[0] == none && rule->by_week_no[0] == none
         && rule->by_set_pos[0] == none
         && icalcomponent_get_first_property (event->component, ICAL_EXDATE_PROPERTY) == NULL;
}

static void
add_occurrences (Reading *reading, const Event *event, const struct icalrecurrencetype *rule)
{
  g_autoptr (icalrecur_iterator) iterator = icalrecur_iterator_new (*rule, event->start);
  guint looked_at = 0;

  while (iterator != NULL && looked_at++ < OCCURRENCES) {
    struct icaltimetype day = icalrecur_iterator_next (iterator);

    if (icaltime_is_null_time (day) || day.year > reading->last_year)
      break;
    if (day.year >= reading->first_year && !is_excepted (event->component, day))
      add_days (reading, event, day);
  }
}

static void
add_rule (Reading *reading, const Event *event, const struct icalrecurrencetype *rule)
{
  if (is_plainly_yearly (event, rule))
    add_yearly (reading, event);
  else if (rule->freq == ICAL_YEARLY_RECURRENCE || rule->freq == ICAL_MONTHLY_RECURRENCE
           || rule->freq == ICAL_WEEKLY_RECURRENCE || rule->freq == ICAL_DAILY_RECURRENCE)
    add_occurrences (reading, event, rule);
  else
    reading->skipped++;
}

static void
add_dates (Reading *reading, const Event *event)
{
  icalproperty *property = icalcomponent_get_first_property (event->component, ICAL_RDATE_PROPERTY);

  while (property != NULL) {
    struct icaltimetype day = icalproperty_get_rdate (property).time;

    if (is_date (day))
      add_days (reading, event, day);
    property = icalcomponent_get_next_property (event->component, ICAL_RDATE_PROPERTY);
  }
}

static int
count_days (icalcomponent *component, struct icaltimetype start)
{
  icalproperty *property = icalcomponent_get_first_property (component, ICAL_DTEND_PROPERTY);
  int days = 1;

  if (property != NULL) {
    struct icaltimetype end = icalproperty_get_dtend (property);

    if (end.is_date && is_date (end) && end.year < start.year + 2
        && icaltime_compare_date_only (end, start) > 0)
      days = icaltime_day_of_year (end) - icaltime_day_of_year (start)
             + (end.year > start.year ? icaltime_days_in_year (start.year) : 0);
  }
  return MIN (days, EVENT_DAYS);
}

static void
read_event (Reading *reading, icalcomponent *component)
{
  icalproperty *start = icalcomponent_get_first_property (component, ICAL_DTSTART_PROPERTY);
  icalproperty *rule = icalcomponent_get_first_property (component, ICAL_RRULE_PROPERTY);
  g_autofree char *name = NULL;
  Event event = { .component = component };

  if (start != NULL)
    event.start = icalproperty_get_dtstart (start);
  if (start == NULL || !event.start.is_date || !is_date (event.start)
      || icalcomponent_get_status (component) == ICAL_STATUS_CANCELLED) {
    reading->skipped++;
    return;
  }
  name = pn_text_clean_line (icalcomponent_get_summary (component), NAME_BYTES);
  event.name = name;
  event.days = count_days (component, event.start);
  add_dates (reading, &event);
  if (rule != NULL) {
    const struct icalrecurrencetype recurrence = icalproperty_get_rrule (rule);

    add_rule (reading, &event, &recurrence);
  } else
    add_days (reading, &event, event.start);
}

static gboolean
write_day (gpointer date, gpointer name, gpointer data)
{
  json_array_append_new (
      data, json_pack ("{s:o, s:o}", "date", pn_json_text (date), "name", pn_json_text (name)));
  return FALSE;
}

static json_t *
read_component (icalcomponent *root, Reading *reading)
{
  json_t *list = json_array ();
  icalcomponent *event = icalcomponent_get_first_component (root, ICAL_VEVENT_COMPONENT);

  while (event != NULL) {
    read_event (reading, event);
    event = icalcomponent_get_next_component (root, ICAL_VEVENT_COMPONENT);
  }
  g_tree_foreach (reading->days, write_day, list);
  return list;
}

json_t *
pn_holiday_read (const char *bytes, gsize size_bytes, int first_year, int last_year, guint *skipped,
                 GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (icalcomponent) root = NULL;
  g_autoptr (json_t) list = NULL;
  Reading reading = { .first_year = first_year, .last_year = last_year };

  if (size_bytes > PN_HOLIDAY_BYTES || !g_utf8_validate_len (bytes, size_bytes, NULL)) {
    pn_error_set (
        error, PN_ERROR_INVALID,
        "an iCalendar file is UTF-8 text of up to %d bytes; this one has %" G_GSIZE_FORMAT,
        PN_HOLIDAY_BYTES, size_bytes);
    return NULL;
  }
  text = g_strndup (bytes, size_bytes);
  icalerror_set_errors_are_fatal (FALSE);
  root = icalparser_parse_string (text);
  if (root == NULL || icalcomponent_isa (root) != ICAL_VCALENDAR_COMPONENT) {
    pn_error_set (error, PN_ERROR_INVALID, "this is no iCalendar file: there is no VCALENDAR");
    return NULL;
  }
  reading.days = g_tree_new_full (compare_days, NULL, g_free, g_free);
  list = read_component (root, &reading);
  g_tree_unref (reading.days);
  if (skipped != NULL)
    *skipped = reading.skipped;
  if (json_array_size (list) == 0) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "the iCalendar file has no event of whole days from %d to %d (%u others)",
                  first_year, last_year, reading.skipped);
    return NULL;
  }
  return g_steal_pointer (&list);
}

static const char *
date_of (const json_t *holiday)
{
  const char *date =
      json_is_object (holiday) ? pn_json_get_text (holiday, "date") : json_string_value (holiday);

  return date != NULL ? date : "";
}

guint
pn_holiday_add (json_t *document, const json_t *holidays)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *list = json_object_get (document, "holidays");
  json_t *each;
  guint added = 0;
  gsize i;

  if (!json_is_array (list)) {
    list = json_array ();
    pn_json_set (document, "holidays", list);
  }
  json_array_foreach (list, i, each) g_hash_table_add (known, (gpointer) date_of (each));
  json_array_foreach (holidays, i, each)
  {
    if (g_hash_table_add (known, (gpointer) date_of (each))) {
      json_array_append (list, each);
      added++;
    }
  }
  return added;
}
