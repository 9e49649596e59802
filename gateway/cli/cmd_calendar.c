#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/cli/list.h"
#include "gateway/cli/read_file.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/holiday.h"
#include "ticketing/sla_document.h"

#define YEARS_BACK 1
#define YEARS_AHEAD 5

static PnCalendar *
find_calendar (PnDb *db, const char *name, GError **error)
{
  PnCalendar *calendar = NULL;

  if (pn_calendar_find (db, name, &calendar, error) && calendar == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no calendar \"%s\"", name);
  return calendar;
}

static json_t *
make_json (gconstpointer row)
{
  return pn_sla_write_calendar (row);
}

static char *
make_text (gconstpointer row)
{
  const PnCalendar *calendar = row;

  return g_strdup_printf (
      "%s\t%s\t%s\t%u", calendar->name, calendar->title,
      pn_json_get_text (calendar->document, "zone"),
      (guint) json_array_size (json_object_get (calendar->document, "holidays")));
}

static const PnCliList list_form = { "NAME\tTITLE\tZONE\tHOLIDAYS", make_json, make_text };

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) calendars = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  calendars = db != NULL ? pn_calendar_list (db, error) : NULL;
  if (calendars == NULL)
    return FALSE;
  pn_cli_print_list (cli, &list_form, calendars);
  return TRUE;
}

static void
print_for_people (const PnCalendar *calendar)
{
  static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
  const json_t *week = json_object_get (calendar->document, "week");
  json_t *each;
  gsize i;

  printf ("%s (%s), %s\n", calendar->title, calendar->name,
          pn_json_get_text (calendar->document, "zone"));
  for (gsize d = 0; d < G_N_ELEMENTS (days); d++) {
    printf ("%s ", days[d]);
    json_array_foreach (json_object_get (week, days[d]), i, each)
        printf (" %s-%s", json_string_value (json_array_get (each, 0)),
                json_string_value (json_array_get (each, 1)));
    printf ("\n");
  }
  json_array_foreach (json_object_get (calendar->document, "holidays"), i, each)
  {
    const char *name = pn_json_get_text (each, "name");

    printf ("%s %s\n",
            json_is_object (each) ? pn_json_get_text (each, "date") : json_string_value (each),
            name != NULL ? name : "");
  }
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnCalendar) calendar = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  calendar = db != NULL ? find_calendar (db, argv[1], error) : NULL;
  if (calendar == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (pn_sla_write_calendar (calendar));
  else
    print_for_people (calendar);
  return TRUE;
}

/* What `postern hours --calendar` and `postern calendar import` read. */
static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnCalendar) calendar = NULL;
  PnDb *db = NULL;
  json_t *document;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  calendar = db != NULL ? find_calendar (db, argv[1], error) : NULL;
  if (calendar == NULL)
    return FALSE;
  document = json_pack ("{s:o, s:o}", "name", pn_json_text (calendar->name), "title",
                        pn_json_text (calendar->title));
  json_object_update (document, calendar->document);
  pn_cli_print_json (document);
  return TRUE;
}

static gboolean
save (PnCli *cli, PnDb *db, PnCalendar *calendar, GError **error)
{
  if (!pn_calendar_save (db, calendar, calendar->version, 0, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (pn_sla_write_calendar (calendar));
  return TRUE;
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (json_t) document = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (document = pn_cli_read_json (argv[2], error)) == NULL)
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_calendar_find (db, argv[1], &calendar, error))
    return FALSE;
  if (calendar == NULL)
    calendar = pn_calendar_new (argv[1]);
  json_object_del (document, "name");
  return pn_sla_read_calendar (document, calendar, error) && save (cli, db, calendar, error);
}

static int
this_year (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (pn_clock_now () / PN_SECOND);

  return g_date_time_get_year (now);
}

static gboolean
holidays (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (json_t) found = NULL;
  g_autofree char *bytes = NULL;
  gsize size = 0;
  guint added;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (bytes = pn_cli_read_file (argv[2], &size, error)) == NULL)
    return FALSE;
  found = pn_holiday_read (bytes, size, this_year () - YEARS_BACK, this_year () + YEARS_AHEAD, NULL,
                           error);
  db = found != NULL ? pn_cli_db (cli, error) : NULL;
  calendar = db != NULL ? find_calendar (db, argv[1], error) : NULL;
  if (calendar == NULL)
    return FALSE;
  added = pn_holiday_add (calendar->document, found);
  if (!save (cli, db, calendar, error))
    return FALSE;
  if (!pn_cli_wants_json (cli))
    printf ("%u holidays added\n", added);
  return TRUE;
}

static gboolean
remove_one (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnCalendar) calendar = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  calendar = db != NULL ? find_calendar (db, argv[1], error) : NULL;
  return calendar != NULL && pn_calendar_remove (db, calendar->id, error);
}

static const PnCliVerb verbs[] = {
  { "list", list, "Lists the calendars" },
  { "show", show, "Shows a calendar" },
  { "import", import, "Adds or changes a calendar from a JSON file" },
  { "export", export, "Prints a calendar as JSON" },
  { "holidays", holidays, "Adds the holidays of an iCalendar file" },
  { "remove", remove_one, "Removes a calendar that no policy uses" },
  { NULL, NULL, NULL },
};

int
pn_cmd_calendar (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
