/* What a search can be narrowed by: the page that explains it, and what the field completes. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/show.h"
#include "ticketing/fact.h"
#include "ticketing/organisation.h"
#include "ticketing/team.h"

#define VALUES_MAX 200

static const struct {
  const char *name;
  const char *values; /* the fixed ones */
} fields[] = {
  { "status", "unsolved new open waiting on_hold solved closed" },
  { "priority", "low normal high urgent" },
  { "queue", "" },
  { "team", "" },
  { "assignee", "me none" },
  { "organisation", "none" },
  { "from", "@customer.example" },
  { "tag", "" },
  { "due", "over soon paused none any <2h >3d" },
  { "before", "2026-11-22 2026-11-22T09:30:00Z" },
  { "after", "2026-11-22 2026-11-22T09:30:00Z" },
  { "is", "unsolved mine unassigned looping" },
};

static void
add (json_t *values, const char *value)
{
  if (json_array_size (values) < VALUES_MAX)
    json_array_append_new (values, pn_json_text (value));
}

static gboolean
add_queues (PnCall *call, json_t *values, GError **error)
{
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (pn_access_may (call->access, PN_RIGHT_SEE, queue->id))
      add (values, queue->name);
  }
  return TRUE;
}

static gboolean
add_agents (PnCall *call, json_t *values, GError **error)
{
  for (guint i = 0; i < call->agents->len; i++)
    add (values, ((const PnAgent *) call->agents->pdata[i])->login);
  return TRUE;
}

static gboolean
add_teams (PnCall *call, json_t *values, GError **error)
{
  g_autoptr (GPtrArray) teams = pn_team_list (call->db, error);

  for (guint i = 0; teams != NULL && i < teams->len; i++)
    add (values, ((const PnTeam *) teams->pdata[i])->name);
  return teams != NULL;
}

/* Those of leads only: whom we work for and what tags there are is not for everybody's eyes. */
static gboolean
add_organisations (PnCall *call, json_t *values, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;

  if (pn_access_queues (call->access) != NULL)
    return TRUE;
  found = pn_organisation_list (call->db, NULL, NULL, 0, VALUES_MAX, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    add (values, ((const PnOrganisation *) found->pdata[i])->name);
  return found != NULL;
}

static gboolean
add_tags (PnCall *call, json_t *values, GError **error)
{
  g_autoptr (GPtrArray) tags = NULL;

  if (pn_access_queues (call->access) != NULL)
    return TRUE;
  tags = pn_fact_tag_names (call->db, VALUES_MAX, error);
  for (guint i = 0; tags != NULL && i < tags->len; i++)
    add (values, tags->pdata[i]);
  return tags != NULL;
}

static const struct {
  const char *name;
  gboolean (*add) (PnCall *call, json_t *values, GError **error);
} stored[] = {
  { "queue", add_queues },    { "team", add_teams },
  { "assignee", add_agents }, { "organisation", add_organisations },
  { "tag", add_tags },
};

/* Values with spaces or commas in them are typed in quotation marks. */
static json_t *
make_words (const char *field, const json_t *values)
{
  json_t *words = json_array ();
  size_t i;
  json_t *value;

  json_array_foreach (values, i, value)
  {
    const char *text = json_string_value (value);
    const char *quote = strpbrk (text, " ,") != NULL ? "\"" : "";
    g_autofree char *word = g_strdup_printf ("%s:%s%s%s", field, quote, text, quote);

    json_array_append_new (words, pn_json_text (word));
  }
  return words;
}

static gboolean
add_field (PnCall *call, json_t *list, gsize index, GError **error)
{
  const char *name = fields[index].name;
  g_auto (GStrv) fixed = g_strsplit (fields[index].values, " ", -1);
  json_t *values = json_array ();
  gboolean is_good = TRUE;

  for (guint i = 0; fixed[i] != NULL; i++) {
    if (*fixed[i] != '\0')
      add (values, fixed[i]);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (stored) && is_good; i++)
    is_good = strcmp (stored[i].name, name) != 0 || stored[i].add (call, values, error);
  json_array_append_new (list, json_pack ("{s:s, s:o, s:o}", "name", name, "words",
                                          make_words (name, values), "values", values));
  return is_good;
}

void
pn_desk_find (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  json_t *list = json_array ();
  gboolean is_good = pn_show_load (call, &error);

  for (gsize i = 0; i < G_N_ELEMENTS (fields) && is_good; i++)
    is_good = add_field (call, list, i, &error);
  if (is_good) {
    pn_call_page (call, 200, "desk-find", json_pack ("{s:o}", "fields", list));
    return;
  }
  json_decref (list);
  pn_call_fail (call, error);
}
