#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/manage_form.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/digest.h"
#include "ticketing/team.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define ZONE_BYTES 100

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static const char *
team_name (const GPtrArray *teams, gint64 id)
{
  for (guint i = 0; i < teams->len; i++) {
    const PnTeam *team = teams->pdata[i];

    if (team->id == id)
      return team->name;
  }
  return NULL;
}

/* Texts that a page puts into its fields. */
static json_t *
show_fields (const PnCall *call, const PnDigest *digest, const GPtrArray *teams)
{
  g_autofree char *queues = pn_manage_join_queues (call, digest->queues);
  g_autofree char *agents = pn_manage_join (digest->agents);
  g_autofree char *addresses = pn_manage_join (digest->addresses);
  json_t *boxes = json_array ();
  json_t *choices = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    json_array_append_new (
        boxes, json_pack ("{s:s, s:b}", "day", days[i], "is_set", (digest->days >> i & 1) != 0));
  for (guint i = 0; i < teams->len; i++) {
    const PnTeam *team = teams->pdata[i];

    json_array_append_new (choices, json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (team->name),
                                               "title", pn_json_text (team->title), "is_current",
                                               team->id == digest->team_id));
  }
  return json_pack ("{s:o, s:o, s:o, s:o, s:o}", "queues",
                    pn_json_text (pn_manage_typed (call, "queues", queues)), "agents",
                    pn_json_text (pn_manage_typed (call, "agents", agents)), "addresses",
                    pn_json_text (pn_manage_typed (call, "addresses", addresses)), "days", boxes,
                    "teams", choices);
}

static json_t *
show_digest (const PnCall *call, const PnDigest *digest, const GPtrArray *teams)
{
  g_autofree char *url = g_strdup_printf ("/desk/manage/digests/%" G_GINT64_FORMAT, digest->id);
  g_autofree char *time = g_strdup_printf ("%02d:%02d", digest->minute / 60, digest->minute % 60);
  g_autofree char *queues = pn_manage_join_queues (call, digest->queues);
  json_t *list = json_array ();
  json_t *shown;

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    if ((digest->days >> i & 1) != 0)
      json_array_append_new (list, json_string (days[i]));
  }
  shown = json_pack ("{s:I, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "id",
                     (json_int_t) digest->id, "name", pn_json_text (digest->name), "title",
                     pn_json_text (digest->title), "is_enabled", digest->is_enabled, "time", time,
                     "zone", pn_json_text (digest->zone), "days", list, "team",
                     pn_json_text (team_name (teams, digest->team_id)), "queues",
                     pn_json_text (queues), "agents", pn_json_texts (digest->agents), "addresses",
                     pn_json_texts (digest->addresses), "next_at",
                     pn_json_time (digest->is_enabled ? digest->next_at : 0), "sent_at",
                     pn_json_time (digest->sent_at), "url", url);
  if (!call->is_api)
    pn_json_set (shown, "fields", show_fields (call, digest, teams));
  return shown;
}

static void
show_list (PnCall *call, int status, const char *problem, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) teams = NULL;
  g_autoptr (GPtrArray) digests = NULL;
  json_t *list;

  (void) data;
  if (!pn_show_load (call, &error) || (teams = pn_team_list (call->db, &error)) == NULL
      || (digests = pn_digest_list (call->db, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < digests->len; i++)
    json_array_append_new (list, show_digest (call, digests->pdata[i], teams));
  pn_call_page (call, status, "desk-digests",
                call->is_api
                    ? json_pack ("{s:o}", "digests", list)
                    : json_pack ("{s:o, s:{s:o, s:o, s:o}}", "digests", list, "form", "name",
                                 pn_json_text (pn_manage_typed (call, "name", "")), "addresses",
                                 pn_json_text (pn_manage_typed (call, "addresses", "")), "error",
                                 pn_json_text (problem)));
}

void
pn_desk_digests (PnCall *call)
{
  show_list (call, 200, NULL, NULL);
}

/* With what it would say now. */
static void
show_one (PnCall *call, int status, const char *problem, gpointer data)
{
  const PnDigest *digest = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) teams = NULL;
  json_t *preview;

  if (!pn_show_load (call, &error) || (teams = pn_team_list (call->db, &error)) == NULL
      || (preview = pn_digest_write (call->db, digest, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, status, "desk-digest",
                json_pack ("{s:o, s:o, s:o}", "digest", show_digest (call, digest, teams),
                           "preview", preview, "error", pn_json_text (problem)));
}

static PnDigest *
load_one (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnDigest *digest = pn_digest_load (call->db, pn_call_id (call), &error);

  if (digest == NULL)
    pn_call_fail (call, error);
  return digest;
}

void
pn_desk_digest (PnCall *call)
{
  g_autoptr (PnDigest) digest = load_one (call);

  if (digest != NULL)
    show_one (call, 200, NULL, digest);
}

static gboolean
take_time (const PnCall *call, PnDigest *digest, GError **error)
{
  const char *text = pn_call_field (call, "time");
  int hour;
  int minute;
  char rest;

  if (text == NULL)
    return TRUE;
  if (sscanf (text, "%2d:%2d%c", &hour, &minute, &rest) != 2 || hour < 0 || hour > 23 || minute < 0
      || minute > 59) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.20s\" is no time such as 08:00", text);
    return FALSE;
  }
  digest->minute = hour * 60 + minute;
  return TRUE;
}

/* A page has a box a day; the API a list. */
static void
take_days (const PnCall *call, PnDigest *digest)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  if (call->is_api && pn_call_field (call, "days") == NULL)
    return;
  pn_manage_take_words (call, "days", words);
  digest->days = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autofree char *field = g_strconcat ("days.", days[i], NULL);
    gboolean is_set = g_strcmp0 (pn_call_field (call, field), "1") == 0;

    for (guint j = 0; j < words->len && call->is_api; j++)
      is_set = is_set || strcmp (words->pdata[j], days[i]) == 0;
    digest->days |= is_set ? 1u << i : 0;
  }
}

static gboolean
take_team (const PnCall *call, PnDigest *digest, GError **error)
{
  const char *name = pn_call_field (call, "team");
  g_autoptr (PnTeam) team = NULL;

  if (name == NULL)
    return TRUE;
  if (*name != '\0' && !pn_team_find (call->db, name, &team, error))
    return FALSE;
  if (*name != '\0' && team == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no team \"%.64s\"", name);
    return FALSE;
  }
  digest->team_id = team != NULL ? team->id : 0;
  return TRUE;
}

static gboolean
take_digest (PnCall *call, PnDigest *digest, GError **error)
{
  pn_manage_take_line (call, "name", NAME_BYTES + 1, &digest->name);
  pn_manage_take_line (call, "title", TITLE_BYTES, &digest->title);
  pn_manage_take_line (call, "zone", ZONE_BYTES, &digest->zone);
  pn_manage_take_words (call, "agents", digest->agents);
  pn_manage_take_words (call, "addresses", digest->addresses);
  return pn_show_load (call, error) && pn_manage_take_queues (call, "queues", digest->queues, error)
         && take_time (call, digest, error) && take_team (call, digest, error);
}

static void
save_digest (PnCall *call, PnDigest *digest, gboolean is_new)
{
  g_autoptr (GError) error = NULL;

  if (take_digest (call, digest, &error) && pn_digest_save (call->db, digest, &error))
    pn_manage_done (call, "digests", digest->id, show_one, digest);
  else
    pn_manage_refuse (call, error, is_new ? show_list : show_one, digest);
}

void
pn_desk_digest_add (PnCall *call)
{
  g_autoptr (PnDigest) digest = pn_digest_new ("");
  g_autofree char *title = pn_call_line (call, "name", TITLE_BYTES);

  g_free (digest->title);
  digest->title = g_steal_pointer (&title);
  if (call->is_api)
    take_days (call, digest);
  save_digest (call, digest, TRUE);
}

void
pn_desk_digest_save (PnCall *call)
{
  g_autoptr (PnDigest) digest = load_one (call);

  if (digest == NULL)
    return;
  pn_manage_take_flag (call, "is_enabled", &digest->is_enabled);
  take_days (call, digest);
  save_digest (call, digest, FALSE);
}

void
pn_desk_digest_remove (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (pn_digest_delete (call->db, pn_call_id (call), &error))
    pn_manage_done (call, "digests", 0, NULL, NULL);
  else
    pn_call_fail (call, error);
}
