#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/things.h"
#include "ticketing/queue.h"
#include "ticketing/survey.h"

typedef struct {
  char *title;
  char *from_name;
  char *signature;
  char *language;
  char *acknowledges;
  char *is_public;
  char *asks; /* for satisfaction */
  int survey_delay;
  int survey_pause;
} Options;

#define NOT_GIVEN (-1)

static void
options_clear (Options *options)
{
  g_free (options->title);
  g_free (options->from_name);
  g_free (options->signature);
  g_free (options->language);
  g_free (options->acknowledges);
  g_free (options->is_public);
  g_free (options->asks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "title", 0, 0, G_OPTION_ARG_STRING, &options->title, "What people read", "TEXT" },
    { "from-name", 0, 0, G_OPTION_ARG_STRING, &options->from_name,
      "The name that answers come from (else the title)", "TEXT" },
    { "signature", 0, 0, G_OPTION_ARG_STRING, &options->signature, "What stands under answers",
      "TEXT" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language,
      "The language of letters: en, de …", "CODE" },
    { "acknowledge", 0, 0, G_OPTION_ARG_STRING, &options->acknowledges,
      "Say to customers that their mail has arrived", "yes|no" },
    { "public", 0, 0, G_OPTION_ARG_STRING, &options->is_public, "The contact form offers it",
      "yes|no" },
    { "survey", 0, 0, G_OPTION_ARG_STRING, &options->asks, "Ask customers how satisfied they are",
      "yes|no" },
    { "survey-delay", 0, 0, G_OPTION_ARG_INT, &options->survey_delay,
      "How long after the solution they are asked", "HOURS" },
    { "survey-pause", 0, 0, G_OPTION_ARG_INT, &options->survey_pause,
      "How long a person is asked no second time", "DAYS" },
    { NULL },
  };

  options->survey_delay = NOT_GIVEN;
  options->survey_pause = NOT_GIVEN;
  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

/* Takes over what was given; the queue's own rules are checked when it is saved. */
static gboolean
apply (PnQueue *queue, Options *options, GError **error)
{
  pn_cli_take_text (&queue->title, &options->title);
  pn_cli_take_text (&queue->from_name, &options->from_name);
  pn_cli_take_text (&queue->signature, &options->signature);
  pn_cli_take_text (&queue->language, &options->language);
  return pn_cli_take_flag ("--acknowledge", options->acknowledges, &queue->acknowledges, error)
         && pn_cli_take_flag ("--public", options->is_public, &queue->is_public, error);
}

/* Whether and when the queue asks customers how satisfied they are; what was not given stays. */
static gboolean
save_survey (PnDb *db, const PnQueue *queue, const Options *options, GError **error)
{
  PnSurveyQueue setting;

  if (options->asks == NULL && options->survey_delay == NOT_GIVEN
      && options->survey_pause == NOT_GIVEN)
    return TRUE;
  if (!pn_survey_queue_load (db, queue->id, &setting, error)
      || !pn_cli_take_flag ("--survey", options->asks, &setting.is_on, error))
    return FALSE;
  if (options->survey_delay != NOT_GIVEN)
    setting.delay = options->survey_delay * PN_HOUR;
  if (options->survey_pause != NOT_GIVEN)
    setting.pause_days = options->survey_pause;
  return pn_survey_queue_save (db, &setting, error);
}

static json_t *
make_json (gconstpointer row)
{
  const PnQueue *queue = row;

  return json_pack ("{s:I,s:s,s:s,s:s,s:s,s:s,s:b,s:b}", "id", (json_int_t) queue->id, "name",
                    queue->name, "title", queue->title, "from_name", queue->from_name, "signature",
                    queue->signature, "language", queue->language, "acknowledges",
                    queue->acknowledges, "public", queue->is_public);
}

static char *
make_text (gconstpointer row)
{
  const PnQueue *queue = row;

  return g_strdup_printf ("%s\t%s\t%s\t%s\t%s", queue->name, queue->title, queue->language,
                          queue->acknowledges ? "yes" : "no", queue->is_public ? "yes" : "no");
}

static const PnCliList list_form = {
  "NAME\tTITLE\tLANGUAGE\tACKNOWLEDGES\tPUBLIC",
  make_json,
  make_text,
  pn_queue_list,
};

static gboolean
save (PnCli *cli, PnDb *db, PnQueue *queue, Options *options, GError **error)
{
  if (!apply (queue, options, error) || !pn_queue_save (db, queue, error)
      || !save_survey (db, queue, options, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (queue));
  return TRUE;
}

/* add and set */
static gboolean
put (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PnQueue) queue = NULL;

  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  queue = pn_cli_take_thing (cli, argv[0], argv[1], error);
  return queue != NULL && save (cli, pn_cli_db (cli, error), queue, &options, error);
}

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_queue_find (db, name, (PnQueue **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_queue_new (name);
}

static const PnCliThings queues = {
  .kind = "queue",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_queue_free,
  .list = &list_form,
};

static const PnCliVerb verbs[] = {
  { "add", put, "Adds a queue" },
  { "set", put, "Changes a queue" },
  { "list", pn_cli_list_things, "Lists the queues" },
  { NULL, NULL, NULL },
};

int
pn_cmd_queue (int argc, char **argv)
{
  return pn_cli_main_things (&queues, verbs, argc, argv);
}
