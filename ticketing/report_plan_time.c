#include "ticketing/report_plan.h"

#define MONDAY 1
#define MONTH_DAYS_MAX 32

const char *
pn_every_name (PnEvery every)
{
  static const char *const names[] = {
    [PN_EVERY_DAY] = "day",
    [PN_EVERY_WEEK] = "week",
    [PN_EVERY_MONTH] = "month",
  };

  return names[every];
}

gboolean
pn_every_read (const char *name, PnEvery *every)
{
  for (int i = PN_EVERY_DAY; i <= PN_EVERY_MONTH; i++) {
    if (g_strcmp0 (name, pn_every_name ((PnEvery) i)) == 0) {
      *every = (PnEvery) i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Returns: (owned) @time on the clock of the plan's zone; NULL: beyond the calendar. */
static GDateTime *
local_time (const PnReportPlan *plan, PnTime time)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (plan->zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PN_SECOND);

  return zone != NULL && utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
}

static gboolean
is_day (const PnReportPlan *plan, GDateTime *day)
{
  switch (plan->every) {
  case PN_EVERY_DAY: return TRUE;
  case PN_EVERY_WEEK: return g_date_time_get_day_of_week (day) == MONDAY;
  case PN_EVERY_MONTH: return g_date_time_get_day_of_month (day) == 1;
  }
  g_return_val_if_reached (FALSE);
}

/* When it is sent on the @days-th day behind that of @start; 0: not on that day. */
static PnTime
time_on_day (const PnReportPlan *plan, GDateTime *start, int days)
{
  g_autoptr (GDateTime) noon = g_date_time_new (
      g_date_time_get_timezone (start), g_date_time_get_year (start), g_date_time_get_month (start),
      g_date_time_get_day_of_month (start), 12, 0, 0);
  g_autoptr (GDateTime) day = noon != NULL ? g_date_time_add_days (noon, days) : NULL;
  g_autoptr (GDateTime) at = NULL;

  if (day == NULL || !is_day (plan, day))
    return 0;
  at = g_date_time_new (g_date_time_get_timezone (start), g_date_time_get_year (day),
                        g_date_time_get_month (day), g_date_time_get_day_of_month (day),
                        plan->minute / 60, plan->minute % 60, 0);
  return at != NULL ? g_date_time_to_unix (at) * PN_SECOND : 0;
}

PnTime
pn_report_plan_next (const PnReportPlan *plan, PnTime after)
{
  g_autoptr (GDateTime) start = local_time (plan, after);

  for (int i = 0; start != NULL && i <= MONTH_DAYS_MAX; i++) {
    PnTime at = time_on_day (plan, start, i);

    if (at > after)
      return at;
  }
  return 0;
}

PnTime
pn_report_plan_last (const PnReportPlan *plan, PnTime before)
{
  g_autoptr (GDateTime) start = local_time (plan, before);

  for (int i = 0; start != NULL && i <= MONTH_DAYS_MAX; i++) {
    PnTime at = time_on_day (plan, start, -i);

    if (at != 0 && at <= before)
      return at;
  }
  return 0;
}

/* Returns: (owned) the first day of the last period that ended before the day of @day. */
static GDateTime *
first_day (const PnReportPlan *plan, GDateTime *day)
{
  g_autoptr (GDateTime) month = NULL;

  switch (plan->every) {
  case PN_EVERY_DAY: return g_date_time_add_days (day, -1);
  case PN_EVERY_WEEK: return g_date_time_add_days (day, -6 - g_date_time_get_day_of_week (day));
  case PN_EVERY_MONTH:
    month = g_date_time_add_days (day, 1 - g_date_time_get_day_of_month (day));
    return g_date_time_add_months (month, -1);
  }
  g_return_val_if_reached (NULL);
}

void
pn_report_plan_days (const PnReportPlan *plan, PnTime at, char **from, char **to)
{
  g_autoptr (GDateTime) there = local_time (plan, at);
  g_autoptr (GDateTime) day =
      g_date_time_new_utc (g_date_time_get_year (there), g_date_time_get_month (there),
                           g_date_time_get_day_of_month (there), 12, 0, 0);
  g_autoptr (GDateTime) first = first_day (plan, day);
  g_autoptr (GDateTime) behind = NULL;
  g_autoptr (GDateTime) last = NULL;

  switch (plan->every) {
  case PN_EVERY_DAY: behind = g_date_time_add_days (first, 1); break;
  case PN_EVERY_WEEK: behind = g_date_time_add_days (first, 7); break;
  case PN_EVERY_MONTH: behind = g_date_time_add_months (first, 1); break;
  }
  last = g_date_time_add_days (behind, -1);
  *from = g_date_time_format (first, "%Y-%m-%d");
  *to = g_date_time_format (last, "%Y-%m-%d");
}
