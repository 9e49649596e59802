#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/manage_form.h"
#include "gateway/web/show.h"
#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/presence.h"
#include "ticketing/team_hours.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define MINUTES_MAX (31 * 24 * 60)
#define PAGE 50  /* teams */
#define FEW 6    /* members that a row of the list names */
#define LARGE 20 /* members; more are folded */

static json_t *
show_presence (const PnPresence *presence)
{
  return json_pack ("{s:s, s:o}", "state",
                    pn_presence_name (presence != NULL ? presence->state : PN_PRESENCE_AVAILABLE),
                    "until", pn_json_time (presence != NULL ? presence->until : 0));
}

/* (borrowed, of @calendars) the name of the one in whose hours a member is called; NULL: at any time. */
static const char *
find_hours (const GPtrArray *calendars, const PnTeamMember *member)
{
  for (guint i = 0; i < calendars->len; i++) {
    const PnCalendar *calendar = calendars->pdata[i];

    if (calendar->id == member->calendar_id)
      return calendar->name;
  }
  return NULL;
}

static json_t *
show_members (const PnCall *call, const PnTeam *team, GHashTable *absent,
              const GPtrArray *calendars)
{
  json_t *list = json_array ();

  for (guint i = 0; i < team->members->len; i++) {
    const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);
    const PnAgent *agent = pn_show_agent (call, member->agent_id);

    if (agent == NULL)
      continue;
    json_array_append_new (
        list,
        json_pack ("{s:o, s:o, s:b, s:i, s:o, s:o, s:b}", "login", pn_json_text (agent->login),
                   "name", pn_json_text (agent->name), "is_lead", member->is_lead, "on_call",
                   member->on_call, "calendar", pn_json_text (find_hours (calendars, member)),
                   "presence", show_presence (g_hash_table_lookup (absent, &member->agent_id)),
                   "is_enabled", agent->is_enabled));
  }
  return list;
}

/* Log-ins of those members that @is_wanted says. */
static char *
join_members (const PnCall *call, const PnTeam *team, gboolean (*is_wanted) (const PnTeamMember *))
{
  g_autoptr (GPtrArray) logins = g_ptr_array_new ();

  for (guint i = 0; i < team->members->len; i++) {
    const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);
    const PnAgent *agent = pn_show_agent (call, member->agent_id);

    if (agent != NULL && is_wanted (member))
      g_ptr_array_add (logins, agent->login);
  }
  return pn_manage_join (logins);
}

static gboolean
is_any (const PnTeamMember *member)
{
  return member != NULL;
}

static gboolean
is_lead (const PnTeamMember *member)
{
  return member->is_lead;
}

static gboolean
is_called (const PnTeamMember *member)
{
  return member->on_call > 0;
}

/* What only a page needs: its fields. */
static json_t *
show_fields (const PnCall *call, const PnTeam *team, const char *hours)
{
  g_autofree char *queues = pn_manage_join_queues (call, team->queues);
  g_autofree char *members = join_members (call, team, is_any);
  g_autofree char *leads = join_members (call, team, is_lead);
  g_autofree char *on_call = join_members (call, team, is_called);

  return json_pack ("{s:o, s:o, s:o, s:o, s:o}", "queues",
                    pn_json_text (pn_manage_typed (call, "queues", queues)), "hours",
                    pn_json_text (pn_manage_typed (call, "hours", hours)), "members",
                    pn_json_text (pn_manage_typed (call, "members", members)), "leads",
                    pn_json_text (pn_manage_typed (call, "leads", leads)), "on_call",
                    pn_json_text (pn_manage_typed (call, "on_call", on_call)));
}

static json_t *
show_team (const PnCall *call, const PnTeam *team, GHashTable *absent, GError **error)
{
  g_autofree char *hours = pn_team_write_hours (call->db, team, error);
  g_autofree char *url = g_strdup_printf ("/desk/manage/teams/%" G_GINT64_FORMAT, team->id);
  g_autoptr (GPtrArray) calendars = hours != NULL ? pn_calendar_list (call->db, error) : NULL;
  json_t *queues;
  json_t *shown;

  if (calendars == NULL)
    return NULL;
  queues = json_array ();
  for (guint i = 0; i < team->queues->len; i++) {
    const PnQueue *queue = pn_show_queue (call, g_array_index (team->queues, gint64, i));

    if (queue != NULL)
      json_array_append_new (queues, pn_json_text (queue->name));
  }
  shown =
      json_pack ("{s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:s}", "id", (json_int_t) team->id, "name",
                 pn_json_text (team->name), "title", pn_json_text (team->title), "queues", queues,
                 "members", show_members (call, team, absent, calendars), "hours",
                 pn_json_text (hours), "version", (json_int_t) team->version, "url", url);
  if (!call->is_api)
    pn_json_set (shown, "fields", show_fields (call, team, hours));
  return shown;
}

/* A row names a few, those who lead or are called first. */
static void
shorten (json_t *shown)
{
  const json_t *members = json_object_get (shown, "members");
  json_t *few = json_array ();
  gsize i;
  json_t *member;

  for (int others = 0; others < 2; others++) {
    json_array_foreach (members, i, member)
    {
      const gboolean is_other = !json_is_true (json_object_get (member, "is_lead"))
                                && json_integer_value (json_object_get (member, "on_call")) == 0;

      if (is_other == (others != 0) && json_array_size (few) < FEW)
        json_array_append (few, member);
    }
  }
  pn_json_set (shown, "few", few);
  pn_json_set (shown, "more",
               json_integer ((json_int_t) (json_array_size (members) - json_array_size (few))));
}

static gboolean
fits (const PnTeam *team, const char *folded)
{
  g_autofree char *name = g_utf8_casefold (team->name, -1);
  g_autofree char *title = g_utf8_casefold (team->title, -1);

  return strstr (name, folded) != NULL || strstr (title, folded) != NULL;
}

/* Where the list goes on behind the team that was the last one; from the start when that is gone. */
static guint
find_start (const GPtrArray *teams, gint64 after)
{
  for (guint i = 0; after != 0 && i < teams->len; i++) {
    if (((const PnTeam *) teams->pdata[i])->id == after)
      return i + 1;
  }
  return 0;
}

/* Adds to @list what fits @query; a page shows a part. @next: the last of it when there are more, else 0. */
static gboolean
collect (PnCall *call, const GPtrArray *teams, const char *query, gint64 after, json_t *list,
         gint64 *next, GError **error)
{
  g_autofree char *folded = g_utf8_casefold (query, -1);
  g_autoptr (GHashTable) absent = pn_presence_list (call->db, pn_clock_now (), error);
  gint64 last = 0;

  *next = 0;
  for (guint i = find_start (teams, after); absent != NULL && i < teams->len; i++) {
    const PnTeam *team = teams->pdata[i];
    json_t *shown;

    if (!fits (team, folded))
      continue;
    if (!call->is_api && json_array_size (list) == PAGE) {
      *next = last;
      return TRUE;
    }
    shown = show_team (call, team, absent, error);
    if (shown == NULL)
      return FALSE;
    if (!call->is_api)
      shorten (shown);
    json_array_append_new (list, shown);
    last = team->id;
  }
  return absent != NULL;
}

static json_t *
show_next_url (const char *query, gint64 next)
{
  g_autofree char *words = g_uri_escape_string (query, NULL, FALSE);
  g_autofree char *url = NULL;

  if (next != 0)
    url = g_strdup_printf ("/desk/manage/teams?query=%s&after=%" G_GINT64_FORMAT, words, next);
  return pn_json_text (url);
}

static void
show_list (PnCall *call, int status, const char *problem, gpointer data)
{
  const char *query = pn_call_query (call, "query") != NULL ? pn_call_query (call, "query") : "";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) teams = NULL;
  g_autoptr (json_t) list = json_array ();
  const char *text = pn_call_query (call, "after");
  gint64 after = 0;
  gint64 next;

  (void) data;
  if (text != NULL && !pn_call_read_number (text, &after)) {
    pn_call_problem (call, 400, "\"after\" is no place in this list");
    return;
  }
  if (!pn_show_load (call, &error) || (teams = pn_team_list (call->db, &error)) == NULL
      || !collect (call, teams, query, after, list, &next, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (call->is_api) {
    pn_call_page (call, status, NULL, json_pack ("{s:O}", "teams", list));
    return;
  }
  pn_call_page (call, status, "desk-teams",
                json_pack ("{s:O, s:o, s:o, s:b, s:{s:o, s:o, s:o}}", "teams", list, "next_url",
                           show_next_url (query, next), "query", pn_json_text (query), "is_long",
                           teams->len > PAGE, "form", "name",
                           pn_json_text (pn_manage_typed (call, "name", "")), "title",
                           pn_json_text (pn_manage_typed (call, "title", "")), "error",
                           pn_json_text (problem)));
}

void
pn_desk_teams (PnCall *call)
{
  show_list (call, 200, NULL, NULL);
}

static void
show_one (PnCall *call, int status, const char *problem, gpointer data)
{
  const PnTeam *team = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) absent = NULL;
  json_t *shown = NULL;
  g_autoptr (GPtrArray) calendars = NULL;
  json_t *hours;
  json_t *logins;
  json_t *queues;

  if (!pn_show_load (call, &error)
      || (absent = pn_presence_list (call->db, pn_clock_now (), &error)) == NULL
      || (shown = show_team (call, team, absent, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (call->is_api) {
    pn_call_page (call, status, NULL, json_pack ("{s:o}", "team", shown));
    return;
  }
  calendars = pn_calendar_list (call->db, &error);
  if (calendars == NULL) {
    json_decref (shown);
    pn_call_fail (call, error);
    return;
  }
  shorten (shown);
  pn_json_set (shown, "is_large", json_boolean (team->members->len > LARGE));
  pn_json_set (shown, "member_count", json_integer (team->members->len));
  logins = json_array ();
  queues = json_array ();
  hours = json_array ();
  for (guint i = 0; i < calendars->len; i++)
    json_array_append_new (hours, pn_json_text (((const PnCalendar *) calendars->pdata[i])->name));
  for (guint i = 0; i < call->agents->len; i++)
    json_array_append_new (logins,
                           pn_json_text (((const PnAgent *) call->agents->pdata[i])->login));
  for (guint i = 0; i < call->queues->len; i++)
    json_array_append_new (queues, pn_json_text (((const PnQueue *) call->queues->pdata[i])->name));
  pn_call_page (call, status, "desk-team",
                json_pack ("{s:o, s:{s:o, s:o, s:o}, s:o}", "team", shown, "choices", "agents",
                           logins, "queues", queues, "calendars", hours, "error",
                           pn_json_text (problem)));
}

static PnTeam *
load_one (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnTeam *team = pn_team_load (call->db, pn_call_id (call), &error);

  if (team == NULL)
    pn_call_fail (call, error);
  return team;
}

void
pn_desk_team (PnCall *call)
{
  g_autoptr (PnTeam) team = load_one (call);

  if (team != NULL)
    show_one (call, 200, NULL, team);
}

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  return pn_team_save (db, data, error);
}

static void
save_team (PnCall *call, PnTeam *team)
{
  g_autoptr (GError) error = NULL;

  if (pn_db_run (call->db, save_body, team, &error))
    pn_manage_done (call, "teams", team->id, show_one, team);
  else
    pn_manage_refuse (call, error, team->id != 0 ? show_one : show_list, team);
}

static gint64
find_agent (const PnCall *call, const char *login)
{
  for (guint i = 0; i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (strcmp (agent->login, login) == 0)
      return agent->id;
  }
  return 0;
}

/* The member of that log-in; whoever leads or is called is one, too. NULL: there is no such agent. */
static PnTeamMember *
find_or_add (const PnCall *call, PnTeam *team, const char *login, GError **error)
{
  gint64 id = find_agent (call, login);
  PnTeamMember fresh = { .agent_id = id };
  PnTeamMember *member = id != 0 ? pn_team_find_member (team, id) : NULL;

  if (id == 0)
    pn_error_set (error, PN_ERROR_INVALID, "there is no agent \"%s\"", login);
  if (id == 0 || member != NULL)
    return member;
  g_array_append_val (team->members, fresh);
  return pn_team_find_member (team, id);
}

static gboolean
take_circles (const PnCall *call, PnTeam *team, GError **error)
{
  static const char *const names[] = { "members", "leads", "on_call" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GPtrArray) logins = g_ptr_array_new_with_free_func (g_free);

    if (!pn_manage_has (call, names[i]))
      continue;
    pn_manage_take_words (call, names[i], logins);
    if (i == 0)
      g_array_set_size (team->members, 0);
    for (guint j = 0; j < team->members->len; j++) {
      PnTeamMember *member = &g_array_index (team->members, PnTeamMember, j);

      member->is_lead = i == 1 ? FALSE : member->is_lead;
      member->on_call = i == 2 ? 0 : member->on_call;
    }
    for (guint j = 0; j < logins->len; j++) {
      PnTeamMember *member = find_or_add (call, team, logins->pdata[j], error);

      if (member == NULL)
        return FALSE;
      member->is_lead = i == 1 ? TRUE : member->is_lead;
      member->on_call = i == 2 ? (int) j + 1 : member->on_call;
    }
  }
  return TRUE;
}

/* Who stays keeps the hours, unless they are sent too. */
static gboolean
take_members (const PnCall *call, PnTeam *team, GError **error)
{
  g_autoptr (GArray) old = g_array_copy (team->members);
  const char *hours = pn_call_field (call, "hours");

  if (!take_circles (call, team, error))
    return FALSE;
  pn_team_keep_hours (team, old);
  return hours == NULL || pn_team_read_hours (call->db, team, hours, error);
}

static gboolean
take_team (PnCall *call, PnTeam *team, GError **error)
{
  const char *version = pn_call_field (call, "if_version");

  pn_manage_take_line (call, "name", NAME_BYTES + 1, &team->name);
  pn_manage_take_line (call, "title", TITLE_BYTES, &team->title);
  if (version != NULL && !pn_call_read_number (version, &team->version)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"if_version\" is no number");
    return FALSE;
  }
  return pn_show_load (call, error) && pn_manage_take_queues (call, "queues", team->queues, error)
         && take_members (call, team, error);
}

void
pn_desk_team_add (PnCall *call)
{
  g_autoptr (PnTeam) team = pn_team_new ("");
  g_autoptr (GError) error = NULL;

  if (!take_team (call, team, &error)) {
    pn_manage_refuse (call, error, show_list, NULL);
    return;
  }
  if (*team->title == '\0') {
    g_free (team->title);
    team->title = g_strdup (team->name);
  }
  save_team (call, team);
}

void
pn_desk_team_save (PnCall *call)
{
  g_autoptr (PnTeam) team = load_one (call);
  g_autoptr (GError) error = NULL;

  if (team == NULL)
    return;
  if (take_team (call, team, &error))
    save_team (call, team);
  else
    pn_manage_refuse (call, error, show_one, team);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *id = data;

  return pn_team_delete (db, *id, error);
}

void
pn_desk_team_remove (PnCall *call)
{
  g_autoptr (PnTeam) team = load_one (call);
  g_autoptr (GError) error = NULL;

  if (team == NULL)
    return;
  if (pn_db_run (call->db, remove_body, &team->id, &error))
    pn_manage_done (call, "teams", 0, NULL, NULL);
  else
    pn_manage_refuse (call, error, show_one, team);
}

/* One's own presence: state, and for how many minutes (0: until it is changed). */
void
pn_desk_presence (PnCall *call)
{
  const char *name = pn_manage_typed (call, "state", "");
  const char *text = pn_manage_typed (call, "minutes", "0");
  g_autoptr (GError) error = NULL;
  PnPresenceState state;
  PnPresence presence;
  gint64 minutes = 0;
  const PnTime now = pn_clock_now ();

  if (!pn_presence_read (name, &state)
      || (*text != '\0' && (!pn_call_read_number (text, &minutes) || minutes > MINUTES_MAX))) {
    pn_call_problem (call, 400,
                     "\"state\" is available, away or off, \"minutes\" a number up to 44640");
    return;
  }
  if (pn_presence_set (call->db, call->agent->id, state,
                       minutes > 0 ? now + minutes * PN_MINUTE : 0, &error)
      && pn_presence_load (call->db, call->agent->id, now, &presence, &error))
    pn_call_done (call, "/desk", "saved", 200,
                  json_pack ("{s:o}", "presence", show_presence (&presence)));
  else
    pn_call_fail (call, error);
}

void
pn_desk_presence_show (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnPresence presence;

  if (pn_presence_load (call->db, call->agent->id, pn_clock_now (), &presence, &error))
    pn_call_page (call, 200, NULL, json_pack ("{s:o}", "presence", show_presence (&presence)));
  else
    pn_call_fail (call, error);
}
