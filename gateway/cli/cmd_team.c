#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/things.h"
#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/presence.h"
#include "ticketing/team_hours.h"

typedef struct {
  char *title;
  char *queues;
  char *members;
  char *leads;
  char *on_call;
  char *hours;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->title);
  g_free (options->queues);
  g_free (options->members);
  g_free (options->leads);
  g_free (options->on_call);
  g_free (options->hours);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "title", 0, 0, G_OPTION_ARG_STRING, &options->title, "What people read", "TEXT" },
    { "queues", 0, 0, G_OPTION_ARG_STRING, &options->queues,
      "Queues it answers for, commas between", "LIST" },
    { "members", 0, 0, G_OPTION_ARG_STRING, &options->members, "Log-ins of its members", "LIST" },
    { "leads", 0, 0, G_OPTION_ARG_STRING, &options->leads, "Log-ins of those who lead it", "LIST" },
    { "on-call", 0, 0, G_OPTION_ARG_STRING, &options->on_call,
      "Log-ins in the order of calling; the first who is available is called", "LIST" },
    { "hours", 0, 0, G_OPTION_ARG_STRING, &options->hours,
      "LOGIN=CALENDAR of those who are called only in its hours; \"\": all at any time", "LIST" },
    { NULL },
  };

  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

static gboolean
take_queues (PnDb *db, PnTeam *team, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", ", ", -1);

  if (text == NULL)
    return TRUE;
  g_array_set_size (team->queues, 0);
  for (guint i = 0; words[i] != NULL; i++) {
    g_autoptr (PnQueue) queue = NULL;

    if (*words[i] == '\0')
      continue;
    queue = pn_cli_find_queue (db, words[i], error);
    if (queue == NULL)
      return FALSE;
    g_array_append_val (team->queues, queue->id);
  }
  return TRUE;
}

static PnTeamMember *
find_or_add (PnDb *db, PnTeam *team, const char *login, GError **error)
{
  g_autoptr (PnAgent) agent = pn_cli_find_agent (db, login, error);
  PnTeamMember fresh = { 0 };

  if (agent == NULL)
    return NULL;
  fresh.agent_id = agent->id;
  if (pn_team_find_member (team, agent->id) == NULL)
    g_array_append_val (team->members, fresh);
  return pn_team_find_member (team, agent->id);
}

typedef enum { MEMBERS, LEADS, ON_CALL } Circle;

static gboolean
take_circle (PnDb *db, PnTeam *team, Circle circle, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", ", ", -1);
  int place = 0;

  if (text == NULL)
    return TRUE;
  if (circle == MEMBERS)
    g_array_set_size (team->members, 0);
  for (guint i = 0; i < team->members->len; i++) {
    PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    member->is_lead = circle != LEADS && member->is_lead;
    member->on_call = circle == ON_CALL ? 0 : member->on_call;
  }
  for (guint i = 0; words[i] != NULL; i++) {
    PnTeamMember *member = NULL;

    if (*words[i] == '\0')
      continue;
    member = find_or_add (db, team, words[i], error);
    if (member == NULL)
      return FALSE;
    member->is_lead = circle == LEADS || member->is_lead;
    member->on_call = circle == ON_CALL ? ++place : member->on_call;
  }
  return TRUE;
}

static json_t *
make_json (gconstpointer row)
{
  const PnTeam *team = row;
  json_t *queues = json_array ();
  json_t *members = json_array ();

  for (guint i = 0; i < team->queues->len; i++)
    json_array_append_new (queues, json_integer (g_array_index (team->queues, gint64, i)));
  for (guint i = 0; i < team->members->len; i++) {
    const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    json_array_append_new (members, json_pack ("{s:I, s:b, s:i, s:o}", "agent",
                                               (json_int_t) member->agent_id, "is_lead",
                                               member->is_lead, "on_call", member->on_call,
                                               "calendar", pn_json_id (member->calendar_id)));
  }
  return json_pack ("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t) team->id, "name",
                    pn_json_text (team->name), "title", pn_json_text (team->title), "queues",
                    queues, "members", members);
}

static char *
make_text (gconstpointer row)
{
  const PnTeam *team = row;

  return g_strdup_printf ("%s\t%s\t%u\t%u", team->name, team->title, team->queues->len,
                          team->members->len);
}

static const PnCliList list_form = { "NAME\tTITLE\tQUEUES\tMEMBERS", make_json, make_text,
                                     pn_team_list };

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  return pn_team_save (db, data, error);
}

static gboolean
save (PnCli *cli, PnDb *db, PnTeam *team, Options *options, GError **error)
{
  g_autoptr (GArray) old = g_array_copy (team->members);

  pn_cli_take_text (&team->title, &options->title);
  if (!take_queues (db, team, options->queues, error)
      || !take_circle (db, team, MEMBERS, options->members, error)
      || !take_circle (db, team, LEADS, options->leads, error)
      || !take_circle (db, team, ON_CALL, options->on_call, error))
    return FALSE;
  pn_team_keep_hours (team, old);
  if ((options->hours != NULL && !pn_team_read_hours (db, team, options->hours, error))
      || !pn_db_run (db, save_body, team, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (team));
  return TRUE;
}

/* add and set */
static gboolean
put (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PnTeam) team = NULL;

  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  team = pn_cli_take_thing (cli, argv[0], argv[1], error);
  return team != NULL && save (cli, pn_cli_db (cli, error), team, &options, error);
}

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_team_find (db, name, (PnTeam **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_team_new (name);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  return pn_team_delete (db, ((const PnTeam *) data)->id, error);
}

static gboolean
remove_team (PnDb *db, gpointer team, GError **error)
{
  return pn_db_run (db, remove_body, team, error);
}

static const PnCliThings teams = {
  .kind = "team",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_team_free,
  .list = &list_form,
  .remove = remove_team,
};

static gboolean
print_member (PnDb *db, const PnTeamMember *member, GError **error)
{
  g_autoptr (PnAgent) agent = pn_agent_load (db, member->agent_id, error);
  g_autoptr (PnCalendar) calendar = NULL;

  if (agent == NULL
      || (member->calendar_id != 0
          && (calendar = pn_calendar_load (db, member->calendar_id, error)) == NULL))
    return FALSE;
  printf ("  member %s%s", agent->login, member->is_lead ? ", leads" : "");
  if (member->on_call > 0)
    printf (", is called as number %d", member->on_call);
  if (calendar != NULL)
    printf (" in the hours of %s", calendar->name);
  printf ("\n");
  return TRUE;
}

static gboolean
print (PnDb *db, const PnTeam *team, GError **error)
{
  printf ("%s: %s\n", team->name, team->title);
  for (guint i = 0; i < team->queues->len; i++) {
    g_autoptr (PnQueue) queue = pn_queue_load (db, g_array_index (team->queues, gint64, i), error);

    if (queue == NULL)
      return FALSE;
    printf ("  queue %s\n", queue->name);
  }
  for (guint i = 0; i < team->members->len; i++) {
    if (!print_member (db, &g_array_index (team->members, PnTeamMember, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnTeam) team = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);

  if (team == NULL)
    return FALSE;
  if (!pn_cli_wants_json (cli))
    return print (pn_cli_db (cli, error), team, error);
  pn_cli_print_json (make_json (team));
  return TRUE;
}

/* Of an agent: for staff who can't reach the desk. */
static gboolean
presence (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *until_text = NULL;
  const GOptionEntry entries[] = {
    { "until", 0, 0, G_OPTION_ARG_STRING, &until_text, "When it ends (else when it is changed)",
      "TIME" },
    { NULL },
  };
  g_autoptr (PnAgent) agent = NULL;
  PnPresenceState state;
  PnTime until = 0;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, entries, "LOGIN STATE", &argc, &argv, error)
      || (until_text != NULL && !pn_clock_read (until_text, &until, error)))
    return FALSE;
  if (!pn_presence_read (argv[2], &state)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is none of available, away, off", argv[2]);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  agent = db != NULL ? pn_cli_find_agent (db, argv[1], error) : NULL;
  return agent != NULL && pn_presence_set (db, agent->id, state, until, error);
}

static const PnCliVerb verbs[] = {
  { "add", put, "Adds a team" },
  { "set", put, "Changes a team" },
  { "list", pn_cli_list_things, "Lists the teams" },
  { "show", show, "Shows a team: its queues, who leads, whom it calls" },
  { "remove", pn_cli_remove_thing, "Removes a team that no digest and no rule names" },
  { "presence", presence, "Says that somebody is available, away or off" },
  { NULL, NULL, NULL },
};

int
pn_cmd_team (int argc, char **argv)
{
  return pn_cli_main_things (&teams, verbs, argc, argv);
}
