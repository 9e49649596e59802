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
  GHashTable
      *moved; /* occurrences with an event of their own (make_key ()), and the UIDs of such */
  int first_year;
  int last_year;
  const char *rest;   /* the text behind the event that is read */
  guint line;         /* of @rest */
  GPtrArray *skipped; /* of char * */
} Reading;

/* One event. */
typedef struct {
  icalcomponent *component;
  struct icaltimetype start;
  int days;
  char *name;
  guint line; /* of its BEGIN */
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
complain (const Reading *reading, const Event *event, const char *why)
{
  char *words = g_strdup_printf ("line %u, \"%s\": %s", event->line, event->name, why);

  g_ptr_array_add (reading->skipped, words);
}

/* Where the next event begins. */
static guint
find_line (Reading *reading)
{
  static const char begin[] = "BEGIN:VEVENT";
  guint found = 0;

  while (*reading->rest != '\0' && found == 0) {
    if (g_ascii_strncasecmp (reading->rest, begin, strlen (begin)) == 0)
      found = reading->line;
    reading->rest += strcspn (reading->rest, "\n");
    if (*reading->rest == '\n') {
      reading->rest++;
      reading->line++;
    }
  }
  return found;
}

/* Returns: (owned) names one occurrence of what repeats. */
static char *
make_key (icalcomponent *component, struct icaltimetype day)
{
  const char *uid = icalcomponent_get_uid (component);

  return g_strdup_printf ("%04d%02d%02d %s", day.year, day.month, day.day, uid != NULL ? uid : "");
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

/* Does a date stand among the EXDATEs of the event, or has it moved to an event of its own (RECURRENCE-ID)? */
static gboolean
is_excepted (const Reading *reading, icalcomponent *component, struct icaltimetype day)
{
  g_autofree char *key = make_key (component, day);
  icalproperty *property = icalcomponent_get_first_property (component, ICAL_EXDATE_PROPERTY);

  while (property != NULL) {
    if (icaltime_compare_date_only (icalproperty_get_exdate (property), day) == 0)
      return TRUE;
    property = icalcomponent_get_next_property (component, ICAL_EXDATE_PROPERTY);
  }
  return g_hash_table_contains (reading->moved, key);
}

/* FREQ=YEARLY alone; with what libical has filled in for it. */
static gboolean
is_plainly_yearly (const Reading *reading, const Event *event,
                   const struct icalrecurrencetype *rule)
{
  const short none = ICAL_RECURRENCE_ARRAY_MAX;
  const char *uid = icalcomponent_get_uid (event->component);
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
         && (uid == NULL || !g_hash_table_contains (reading->moved, uid))
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
    if (day.year >= reading->first_year && !is_excepted (reading, event->component, day))
      add_days (reading, event, day);
  }
}

static void
add_rule (Reading *reading, const Event *event, const struct icalrecurrencetype *rule)
{
  if (is_plainly_yearly (reading, event, rule))
    add_yearly (reading, event);
  else if (rule->freq == ICAL_YEARLY_RECURRENCE || rule->freq == ICAL_MONTHLY_RECURRENCE
           || rule->freq == ICAL_WEEKLY_RECURRENCE || rule->freq == ICAL_DAILY_RECURRENCE)
    add_occurrences (reading, event, rule);
  else
    complain (reading, event, "it repeats within a day");
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

/* From DTEND, which is the day after the last one, or DURATION. */
static int
count_days (icalcomponent *component, struct icaltimetype start)
{
  icalproperty *property = icalcomponent_get_first_property (component, ICAL_DTEND_PROPERTY);
  icalproperty *duration = icalcomponent_get_first_property (component, ICAL_DURATION_PROPERTY);
  int days = 1;

  if (property != NULL) {
    struct icaltimetype end = icalproperty_get_dtend (property);

    if (is_date (end) && end.year < start.year + 2 && icaltime_compare_date_only (end, start) > 0)
      days = icaltime_day_of_year (end) - icaltime_day_of_year (start)
             + (end.year > start.year ? icaltime_days_in_year (start.year) : 0);
  } else if (duration != NULL) {
    const struct icaldurationtype its = icalproperty_get_duration (duration);

    if (its.is_neg == 0 && its.weeks <= EVENT_DAYS && its.days <= EVENT_DAYS)
      days = (int) (its.weeks * 7 + its.days);
  }
  return CLAMP (days, 1, EVENT_DAYS);
}

static gboolean
is_midnight (struct icaltimetype time)
{
  return time.hour == 0 && time.minute == 0 && time.second == 0 && !icaltime_is_utc (time);
}

/* Whole days: dates; or, as some programs write them, from one local midnight to another. */
static gboolean
is_whole_days (icalcomponent *component, struct icaltimetype start)
{
  icalproperty *property = icalcomponent_get_first_property (component, ICAL_DTEND_PROPERTY);
  struct icaltimetype end;

  if (start.is_date || property == NULL)
    return start.is_date;
  end = icalproperty_get_dtend (property);
  return is_midnight (start) && is_midnight (end) && !end.is_date
         && icaltime_compare_date_only (end, start) > 0;
}

/* Returns: why an event is no holiday; NULL: it is one. */
static const char *
find_fault (icalcomponent *component, const Event *event)
{
  const char *problem = NULL;

  if (icalcomponent_get_first_property (component, ICAL_DTSTART_PROPERTY) == NULL)
    problem = "it has no DTSTART that is a date";
  else if (!is_date (event->start))
    problem = "its DTSTART is no day of a calendar";
  else if (!is_whole_days (component, event->start))
    problem = "it has times of day";
  else if (icalcomponent_get_status (component) == ICAL_STATUS_CANCELLED)
    problem = "it is cancelled";
  return problem;
}

static void
read_event (Reading *reading, icalcomponent *component)
{
  icalproperty *start = icalcomponent_get_first_property (component, ICAL_DTSTART_PROPERTY);
  icalproperty *rule = icalcomponent_get_first_property (component, ICAL_RRULE_PROPERTY);
  g_autofree char *name = pn_text_clean_line (icalcomponent_get_summary (component), NAME_BYTES);
  Event event = { .component = component, .name = name, .line = find_line (reading) };
  const char *fault;

  if (start != NULL)
    event.start = icalproperty_get_dtstart (start);
  fault = find_fault (component, &event);
  if (fault != NULL) {
    complain (reading, &event, fault);
    return;
  }
  event.start.is_date = 1; /* a midnight is so now */
  event.start.zone = NULL;
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

/* Notes which occurrences have an event of their own, that says when they are instead. */
static void
note_moved (Reading *reading, icalcomponent *calendar)
{
  icalcomponent *event = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);

  for (; event != NULL;
       event = icalcomponent_get_next_component (calendar, ICAL_VEVENT_COMPONENT)) {
    const char *uid = icalcomponent_get_uid (event);
    const struct icaltimetype day = icalcomponent_get_recurrenceid (event);

    if (uid == NULL || !is_date (day))
      continue;
    g_hash_table_add (reading->moved, make_key (event, day));
    g_hash_table_add (reading->moved, g_strdup (uid));
  }
}

static void
read_calendar (Reading *reading, icalcomponent *calendar)
{
  icalcomponent *event;

  note_moved (reading, calendar);
  event = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);
  while (event != NULL) {
    read_event (reading, event);
    event = icalcomponent_get_next_component (calendar, ICAL_VEVENT_COMPONENT);
  }
}

/* A file has one calendar or several. Returns: (owned) what they have. */
static json_t *
read_root (icalcomponent *root, Reading *reading)
{
  json_t *list = json_array ();
  icalcomponent *calendar =
      icalcomponent_isa (root) == ICAL_VCALENDAR_COMPONENT
          ? root
          : icalcomponent_get_first_component (root, ICAL_VCALENDAR_COMPONENT);

  while (calendar != NULL) {
    read_calendar (reading, calendar);
    calendar =
        calendar == root ? NULL : icalcomponent_get_next_component (root, ICAL_VCALENDAR_COMPONENT);
  }
  g_tree_foreach (reading->days, write_day, list);
  return list;
}

static gboolean
has_calendar (icalcomponent *root)
{
  return root != NULL
         && (icalcomponent_isa (root) == ICAL_VCALENDAR_COMPONENT
             || icalcomponent_get_first_component (root, ICAL_VCALENDAR_COMPONENT) != NULL);
}

/* Returns: (owned) the text, without a mark in front of it; NULL. */
static char *
read_text (const char *bytes, gsize size_bytes, GError **error)
{
  const gboolean has_mark = size_bytes >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0;
  const char *end;
  guint line = 1;

  if (size_bytes > PN_HOLIDAY_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "an iCalendar file has up to %d bytes; this one has %" G_GSIZE_FORMAT,
                  PN_HOLIDAY_BYTES, size_bytes);
    return NULL;
  }
  if (g_utf8_validate_len (bytes, size_bytes, &end))
    return g_strndup (bytes + (has_mark ? 3 : 0), size_bytes - (has_mark ? 3 : 0));
  for (const char *at = bytes; at < end; at++)
    line += *at == '\n';
  pn_error_set (error, PN_ERROR_INVALID, "line %u of the iCalendar file is not UTF-8", line);
  return NULL;
}

json_t *
pn_holiday_read (const char *bytes, gsize size_bytes, int first_year, int last_year,
                 GPtrArray *skipped, GError **error)
{
  g_autofree char *text = read_text (bytes, size_bytes, error);
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (icalcomponent) root = NULL;
  g_autoptr (json_t) list = NULL;
  Reading reading = { .first_year = first_year, .last_year = last_year };

  if (text == NULL)
    return NULL;
  icalerror_set_errors_are_fatal (FALSE);
  root = icalparser_parse_string (text);
  if (!has_calendar (root)) {
    pn_error_set (error, PN_ERROR_INVALID, "this is no iCalendar file: there is no VCALENDAR");
    return NULL;
  }
  reading.rest = text;
  reading.line = 1;
  reading.skipped = skipped != NULL ? skipped : faults;
  reading.days = g_tree_new_full (compare_days, NULL, g_free, g_free);
  reading.moved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  list = read_root (root, &reading);
  g_tree_unref (reading.days);
  g_hash_table_unref (reading.moved);
  if (json_array_size (list) == 0) {
    if (reading.skipped->len > 0)
      pn_error_set (error, PN_ERROR_INVALID,
                    "the iCalendar file has no event of whole days from %d to %d: %s", first_year,
                    last_year, (const char *) reading.skipped->pdata[0]);
    else
      pn_error_set (error, PN_ERROR_INVALID,
                    "the iCalendar file has no event of whole days from %d to %d", first_year,
                    last_year);
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
