#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/read_file.h"
#include "gateway/cli/things.h"
#include "ticketing/core/json.h"
#include "ticketing/holiday.h"
#include "ticketing/sla_document.h"

#define YEARS_BACK 1
#define YEARS_AHEAD 5

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_calendar_find (db, name, (PnCalendar **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_calendar_new (name);
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

static const PnCliList list_form = { "NAME\tTITLE\tZONE\tHOLIDAYS", make_json, make_text,
                                     pn_calendar_list };

static json_t *
write_calendar (PnDb *db, gconstpointer thing, GError **error)
{
  return pn_sla_write_calendar (thing);
}

static gboolean
read_calendar (PnDb *db, json_t *document, gpointer thing, GError **error)
{
  return pn_sla_read_calendar (document, thing, error);
}

static gboolean
save (PnDb *db, gpointer thing, GError **error)
{
  PnCalendar *calendar = thing;

  return pn_calendar_save (db, calendar, calendar->version, 0, error);
}

static gboolean
remove_calendar (PnDb *db, gpointer thing, GError **error)
{
  return pn_calendar_remove (db, ((const PnCalendar *) thing)->id, error);
}

static const PnCliThings calendars = {
  .kind = "calendar",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_calendar_free,
  .list = &list_form,
  .write = write_calendar,
  .read = read_calendar,
  .save = save,
  .remove = remove_calendar,
};

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
  g_autoptr (PnCalendar) calendar = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);

  if (calendar == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli))
    return pn_cli_print_thing (cli, calendar, error);
  print_for_people (calendar);
  return TRUE;
}

/* What `postern hours --calendar` and `postern calendar import` read. */
static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnCalendar) calendar = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  json_t *document;

  if (calendar == NULL)
    return FALSE;
  document = json_pack ("{s:o, s:o}", "name", pn_json_text (calendar->name), "title",
                        pn_json_text (calendar->title));
  json_object_update (document, calendar->document);
  pn_cli_print_json (document);
  return TRUE;
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
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (json_t) found = NULL;
  g_autofree char *bytes = NULL;
  gsize size = 0;
  guint added;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (bytes = pn_cli_read_file (argv[2], &size, error)) == NULL)
    return FALSE;
  found = pn_holiday_read (bytes, size, this_year () - YEARS_BACK, this_year () + YEARS_AHEAD,
                           skipped, error);
  calendar = found != NULL ? pn_cli_find_thing (cli, argv[1], error) : NULL;
  if (calendar == NULL)
    return FALSE;
  added = pn_holiday_add (calendar->document, found);
  if (!save (pn_cli_db (cli, error), calendar, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  for (guint i = 0; i < skipped->len; i++)
    g_printerr ("left out: %s\n", (const char *) skipped->pdata[i]);
  if (pn_cli_wants_json (cli))
    return pn_cli_print_thing (cli, calendar, error);
  printf ("%u holidays added\n", added);
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the calendars" },
  { "show", show, "Shows a calendar" },
  { "import", pn_cli_import_thing, "Adds or changes a calendar from a JSON file" },
  { "export", export, "Prints a calendar as JSON" },
  { "holidays", holidays, "Adds the holidays of an iCalendar file" },
  { "remove", pn_cli_remove_thing, "Removes a calendar that no policy uses" },
  { NULL, NULL, NULL },
};

int
pn_cmd_calendar (int argc, char **argv)
{
  return pn_cli_main_things (&calendars, verbs, argc, argv);
}
