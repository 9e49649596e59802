#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cmd_report_plan.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "ticketing/core/error.h"
#include "ticketing/fact.h"
#include "ticketing/report.h"

#define PACKED 16 /* segments at a time */

/* Options that pn_report_read () knows, and what was given for each. */
static const struct {
  const char *name;
  const char *help;
  const char *value;
} words[] = {
  { "from", "The first day", "2026-11-01" },
  { "to", "The last day", "2026-11-30" },
  { "by", "queue, agent, team, organisation, policy, channel, priority, tag, day, week, month",
    "WHAT" },
  { "zone", "The time zone of the days", "Europe/Berlin" },
  { "time", "All time, or the hours of each ticket's calendar", "calendar|business" },
  { "queue", "Only of this queue", "NAME" },
  { "agent", "Only of this agent", "LOGIN" },
  { "team", "Only of this team", "NAME" },
  { "organisation", "Only of this organisation", "NAME" },
  { "policy", "Only under this SLA policy", "NAME" },
  { "channel", "Only by this channel", "NAME" },
  { "priority", "Only of this priority", "NAME" },
  { "tag", "Only with this tag", "TAG" },
};

typedef struct {
  char *given[G_N_ELEMENTS (words)];
  gboolean wants_csv;
} Options;

static void
options_clear (Options *options)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_free (options->given[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[G_N_ELEMENTS (words) + 2] = { 0 };
  gsize i = 0;

  for (; i < G_N_ELEMENTS (words); i++)
    entries[i] =
        (GOptionEntry){ words[i].name, 0, 0, G_OPTION_ARG_STRING, &options->given[i], words[i].help,
                        words[i].value };
  entries[i] = (GOptionEntry){
    "csv", 0, 0, G_OPTION_ARG_NONE, &options->wants_csv, "Print comma-separated values", NULL
  };
  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

static const char *
get_option (gpointer data, const char *name)
{
  const Options *options = data;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (words[i].name, name) == 0)
      return options->given[i];
  }
  return NULL;
}

static void
print_value (PnReportUnit unit, double value)
{
  const gint64 seconds = isnan (value) ? 0 : (gint64) round (value);
  g_autofree char *text = NULL;

  if (isnan (value))
    text = g_strdup ("-");
  else if (unit == PN_UNIT_SHARE)
    text = g_strdup_printf ("%.1f %%", value * 100);
  else if (unit == PN_UNIT_SECONDS)
    text = g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600,
                            (int) (seconds / 60 % 60), (int) (seconds % 60));
  else
    text = g_strdup_printf (unit == PN_UNIT_NUMBER ? "%.2f" : "%.0f", value);
  printf ("\t%s", text);
}

static void
print_row (const PnReport *report, const PnReportRow *row, const char *label)
{
  fputs (label, stdout);
  for (guint i = 0; i < report->n_columns; i++)
    print_value (report->column[i].unit, row->value[i]);
  putchar ('\n');
}

static void
print_table (const PnReport *report)
{
  fputs (pn_report_by_name (report->by), stdout);
  for (guint i = 0; i < report->n_columns; i++)
    printf ("\t%s", report->column[i].name);
  putchar ('\n');
  for (guint i = 0; i < report->rows->len; i++) {
    const PnReportRow *row = report->rows->pdata[i];

    print_row (report, row, *row->label != '\0' ? row->label : "(none)");
  }
  print_row (report, &report->total, "(all)");
}

static void
print_report (const PnCli *cli, const Options *options, const PnReport *report,
              const PnReportRequest *request)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (pn_cli_wants_json (cli)) {
    pn_cli_print_json (pn_report_write (report, request, NULL));
  } else if (options->wants_csv) {
    pn_report_write_csv (report, text);
    fputs (text->str, stdout);
  } else {
    print_table (report);
  }
}

/* All at once, beside a clerk or without one: each takes portions that the other has not. */
static gboolean
rebuild (PnCli *cli, PnDb *db, GError **error)
{
  gint64 made = 0;
  guint done;

  if (!pn_fact_rebuild (db, error))
    return FALSE;
  do {
    if (!pn_fact_rebuild_step (db, &done, error))
      return FALSE;
    made += done;
  } while (done > 0);
  do {
    if (!pn_fact_pack (db, PACKED, &done, error))
      return FALSE;
  } while (done > 0);
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:b}", "rebuilt", 1));
  return TRUE;
}

static gboolean
run (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autofree char *zone = NULL;
  g_autoptr (PnReportRequest) request = NULL;
  g_autoptr (PnReport) report = NULL;
  PnDb *db = NULL;
  gboolean is_rebuild;

  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  is_rebuild = strcmp (argv[1], "rebuild") == 0;
  if (!is_rebuild && !pn_report_has (argv[1])) {
    g_autofree char *names = g_strjoinv (", ", (char **) pn_report_names ());

    pn_cli_set_usage (error, "there is no report \"%s\"; there are %s, and \"rebuild\"", argv[1],
                      names);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  if (db == NULL || is_rebuild)
    return db != NULL && rebuild (cli, db, error);
  zone = pn_report_zone (db, error);
  request = zone != NULL ? pn_report_request_new (argv[1], zone) : NULL;
  if (request == NULL || !pn_report_read (db, request, get_option, &options, error))
    return FALSE;
  report = pn_report_run (db, request, error);
  if (report == NULL)
    return FALSE;
  print_report (cli, &options, report, request);
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { NULL, run, NULL },
};

int
pn_cmd_report (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "plan") == 0)
    return pn_cmd_report_plan (argc - 1, argv + 1);
  return pn_cli_main (verbs, argc, argv);
}
