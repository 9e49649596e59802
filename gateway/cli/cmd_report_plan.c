#include "gateway/cli/cmd_report_plan.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/find.h"
#include "gateway/cli/things.h"
#include "gateway/cli/words.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/report_plan.h"

typedef struct {
  char *report;
  char *title;
  char *owner;
  char *every;
  char *at;
  char *zone;
  char *readers;
  char *words[PN_BY_DIMENSIONS + 2]; /* dimensions, then "by" and "time" */
} Options;

#define BY PN_BY_DIMENSIONS
#define TIME (PN_BY_DIMENSIONS + 1)

static void
options_clear (Options *options)
{
  g_free (options->report);
  g_free (options->title);
  g_free (options->owner);
  g_free (options->every);
  g_free (options->at);
  g_free (options->zone);
  g_free (options->readers);
  for (gsize i = 0; i < G_N_ELEMENTS (options->words); i++)
    g_free (options->words[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static const char *
word_name (gsize i)
{
  return i == BY ? "by" : i == TIME ? "time" : pn_report_by_name ((PnReportBy) i);
}

static gboolean
parse (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[8 + G_N_ELEMENTS (options->words)] = {
    { "report", 0, 0, G_OPTION_ARG_STRING, &options->report, "Which figures", "NAME" },
    { "title", 0, 0, G_OPTION_ARG_STRING, &options->title, "What people read", "TEXT" },
    { "owner", 0, 0, G_OPTION_ARG_STRING, &options->owner, "The lead whose queues are counted",
      "LOGIN" },
    { "every", 0, 0, G_OPTION_ARG_STRING, &options->every, "How often", "day|week|month" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &options->at, "The time of day", "07:00" },
    { "zone", 0, 0, G_OPTION_ARG_STRING, &options->zone, "The time zone", "Europe/Berlin" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options->readers, "Log-ins or addresses of staff", "A,B" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options->words); i++)
    entries[7 + i] = (GOptionEntry){ word_name (i),
                                     0,
                                     0,
                                     G_OPTION_ARG_STRING,
                                     &options->words[i],
                                     "As in \"report\"; \"\": not any more",
                                     "WORD" };
  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

static const char *
get_word (gpointer data, const char *name)
{
  const Options *options = data;

  for (gsize i = 0; i < G_N_ELEMENTS (options->words); i++) {
    if (strcmp (word_name (i), name) == 0)
      return options->words[i];
  }
  return NULL;
}

static gboolean
take_times (PnReportPlan *plan, const Options *options, GError **error)
{
  int hour;
  int minute;
  char rest;

  if (options->every != NULL && !pn_every_read (options->every, &plan->every)) {
    pn_error_set (error, PN_ERROR_INVALID, "--every is day, week or month, not \"%s\"",
                  options->every);
    return FALSE;
  }
  if (options->at == NULL)
    return TRUE;
  if (sscanf (options->at, "%2d:%2d%c", &hour, &minute, &rest) != 2 || hour < 0 || hour > 23
      || minute < 0 || minute > 59) {
    pn_error_set (error, PN_ERROR_INVALID, "--at is a time such as 07:00, not \"%s\"", options->at);
    return FALSE;
  }
  plan->minute = hour * 60 + minute;
  return TRUE;
}

static void
take_readers (PnReportPlan *plan, const char *readers)
{
  g_auto (GStrv) words = g_strsplit_set (readers, ", ", -1);

  g_ptr_array_set_size (plan->readers, 0);
  for (char **word = words; *word != NULL; word++) {
    if (**word != '\0')
      g_ptr_array_add (plan->readers, g_strdup (*word));
  }
}

static gboolean
apply (PnDb *db, PnReportPlan *plan, Options *options, GError **error)
{
  g_autoptr (PnAgent) owner = NULL;

  pn_cli_take_text (&plan->report, &options->report);
  pn_cli_take_text (&plan->title, &options->title);
  pn_cli_take_text (&plan->zone, &options->zone);
  pn_report_plan_take_words (plan, get_word, options);
  if (options->readers != NULL)
    take_readers (plan, options->readers);
  if (options->owner != NULL) {
    owner = pn_cli_find_agent (db, options->owner, error);
    if (owner == NULL)
      return FALSE;
    plan->owner_id = owner->id;
  }
  return take_times (plan, options, error);
}

static json_t *
make_json (gconstpointer row)
{
  const PnReportPlan *plan = row;
  g_autofree char *at = g_strdup_printf ("%02d:%02d", plan->minute / 60, plan->minute % 60);

  return json_pack ("{s:s, s:s, s:s, s:O, s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:o}", "name",
                    plan->name, "title", plan->title, "report", plan->report, "words", plan->words,
                    "every", pn_every_name (plan->every), "at", at, "zone", plan->zone, "readers",
                    pn_json_texts (plan->readers), "is_enabled", plan->is_enabled, "next_at",
                    pn_json_time (plan->is_enabled ? plan->next_at : 0), "sent_at",
                    pn_json_time (plan->sent_at), "problem", pn_json_text (plan->problem));
}

static char *
make_text (gconstpointer row)
{
  const PnReportPlan *plan = row;
  g_autofree char *next = plan->is_enabled ? pn_clock_write (plan->next_at) : g_strdup ("paused");
  g_autofree char *readers = g_strdup ("");

  for (guint i = 0; i < plan->readers->len; i++) {
    char *longer = g_strdup_printf ("%s%s%s", readers, i > 0 ? "," : "",
                                    (const char *) plan->readers->pdata[i]);

    g_free (readers);
    readers = longer;
  }
  return g_strdup_printf ("%s\t%s\t%s\t%02d:%02d\t%s\t%s\t%s\t%s", plan->name, plan->report,
                          pn_every_name (plan->every), plan->minute / 60, plan->minute % 60,
                          plan->zone, readers, next, plan->problem != NULL ? plan->problem : "-");
}

static void
put_problem_into_words (PnTemplates *templates, PnReportPlan *plan)
{
  g_autoptr (json_t) reason = pn_reason_read (plan->problem);

  if (plan->problem == NULL)
    return;
  g_free (plan->problem);
  plan->problem = pn_words_write (templates, reason);
}

static GPtrArray *
load (PnDb *db, GError **error)
{
  GPtrArray *plans = pn_report_plan_list (db, 0, error);
  g_autoptr (PnTemplates) templates = plans != NULL ? pn_templates_open (NULL, NULL) : NULL;

  for (guint i = 0; plans != NULL && i < plans->len; i++)
    put_problem_into_words (templates, plans->pdata[i]);
  return plans;
}

static const PnCliList list_form = {
  "NAME\tREPORT\tEVERY\tAT\tZONE\tTO\tNEXT\tPROBLEM",
  make_json,
  make_text,
  load,
};

static gboolean
save (PnCli *cli, PnReportPlan *plan, GError **error)
{
  if (!pn_report_plan_save (pn_cli_db (cli, error), plan, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (plan));
  return TRUE;
}

static gboolean
add (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PnReportPlan) plan = NULL;
  g_autofree char *zone = NULL;
  PnDb *db = NULL;

  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  if (options.owner == NULL || options.readers == NULL) {
    pn_cli_set_usage (error, "a report by mail needs --owner LOGIN and --to LOGIN,…");
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  zone = db != NULL ? pn_report_zone (db, error) : NULL;
  if (zone == NULL)
    return FALSE;
  plan = pn_report_plan_new (argv[1]);
  g_free (plan->zone);
  plan->zone = g_steal_pointer (&zone);
  return apply (db, plan, &options, error) && save (cli, plan, error);
}

static gboolean
set (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PnReportPlan) plan = NULL;

  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  plan = pn_cli_find_thing (cli, argv[1], error);
  return plan != NULL && apply (pn_cli_db (cli, error), plan, &options, error)
         && save (cli, plan, error);
}

/* pause and resume */
static gboolean
enable (PnCli *cli, int argc, char **argv, GError **error)
{
  const gboolean is_enabled = strcmp (argv[0], "resume") == 0;
  g_autoptr (PnReportPlan) plan = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);

  if (plan == NULL)
    return FALSE;
  plan->is_enabled = is_enabled;
  return save (cli, plan, error);
}

static gboolean
send_plan (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnReportPlan) plan = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  guint letters;

  if (plan == NULL || !pn_report_plan_send_now (pn_cli_db (cli, error), plan, &letters, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:i}", "letters", (int) letters));
  return TRUE;
}

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_report_plan_find (db, name, (PnReportPlan **) thing, error);
}

static gboolean
remove_plan (PnDb *db, gpointer thing, GError **error)
{
  return pn_report_plan_delete (db, ((const PnReportPlan *) thing)->id, error);
}

static const PnCliThings plans = {
  .kind = "report plan",
  .find = find,
  .free = (GDestroyNotify) pn_report_plan_free,
  .list = &list_form,
  .remove = remove_plan,
};

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists what is sent" },
  { "add", add, "Sends a report each day, week or month" },
  { "set", set, "Changes what is sent" },
  { "pause", enable, "Stops sending" },
  { "resume", enable, "Sends again" },
  { "send", send_plan, "Sends the newest full period now" },
  { "remove", pn_cli_remove_thing, "Removes a plan" },
  { NULL, NULL, NULL },
};

int
pn_cmd_report_plan (int argc, char **argv)
{
  argv[0] = (char *) "report plan";
  return pn_cli_main_things (&plans, verbs, argc, argv);
}
