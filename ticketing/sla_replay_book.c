#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/json.h"
#include "ticketing/sla_replay_private.h"

static json_t *
write_policy (const PnPolicy *policy, gboolean is_enabled)
{
  return json_pack ("{s:I, s:s, s:s, s:I, s:I, s:b, s:o}", "id", (json_int_t) policy->id, "name",
                    policy->name, "title", policy->title, "version", (json_int_t) policy->version,
                    "calendar", (json_int_t) policy->calendar_id, "is_enabled", is_enabled,
                    "document", pn_policy_write (policy));
}

/* Would it promise something else than what is stored? */
static gboolean
is_other (const PnPolicy *policy, const PnPolicy *stored)
{
  g_autoptr (json_t) one = pn_policy_write (policy);
  g_autoptr (json_t) other = pn_policy_write (stored);

  return policy->calendar_id != stored->calendar_id || !json_equal (one, other);
}

typedef struct {
  const PnPolicy *policy;
  const GArray *queues;
  json_t *definition; /* (owned) by the caller */
} Order;

static gboolean
write_policies (PnDb *db, const Order *order, GError **error)
{
  g_autoptr (GPtrArray) policies = pn_sla_list (db, error);
  json_t *without = json_array ();
  json_t *with = json_array ();
  gboolean is_change = FALSE;
  gboolean is_there = FALSE;

  pn_json_set (order->definition, "without", without);
  pn_json_set (order->definition, "with", with);
  if (policies == NULL)
    return FALSE;
  for (guint i = 0; i < policies->len; i++) {
    const PnPolicy *each = policies->pdata[i];

    if (each->id != order->policy->id) {
      json_array_append_new (without, write_policy (each, each->is_enabled));
      json_array_append_new (with, write_policy (each, each->is_enabled));
      continue;
    }
    is_there = TRUE;
    is_change = each->is_enabled && is_other (order->policy, each);
    json_array_append_new (without, write_policy (each, is_change));
    json_array_append_new (with, write_policy (order->policy, TRUE));
  }
  pn_json_set (order->definition, "is_change", json_boolean (is_change));
  if (!is_there)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no policy %" G_GINT64_FORMAT,
                  order->policy->id);
  return is_there;
}

/* As of one moment. */
static gboolean
write_body (PnDb *db, gpointer data, GError **error)
{
  const Order *order = data;
  g_autoptr (GPtrArray) calendars = NULL;
  json_t *list = json_array ();

  pn_json_set (order->definition, "calendars", list);
  if (!write_policies (db, order, error) || (calendars = pn_calendar_list (db, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < calendars->len; i++) {
    const PnCalendar *calendar = calendars->pdata[i];

    json_array_append_new (list,
                           json_pack ("{s:I, s:s, s:O}", "id", (json_int_t) calendar->id, "title",
                                      calendar->title, "document", calendar->document));
  }
  return TRUE;
}

gboolean
pn_sla_replay_add (PnDb *db, const PnPolicy *policy, const GArray *queues, gint64 weeks,
                   gint64 agent_id, gint64 *id, GError **error)
{
  g_autoptr (json_t) definition = json_object ();
  g_autofree char *text = NULL;
  Order order = { policy, queues, definition };
  PnReplayOrder replay = { .kind = PN_REPLAY_POLICY,
                           .subject_id = policy->id,
                           .agent_id = agent_id,
                           .title = policy->title,
                           .weeks = weeks };
  json_t *list = queues != NULL ? json_array () : json_null ();

  pn_json_set (definition, "policy", json_integer (policy->id));
  pn_json_set (definition, "queues", list);
  for (guint i = 0; queues != NULL && i < queues->len; i++)
    json_array_append_new (list, json_integer (g_array_index (queues, gint64, i)));
  if (!pn_db_run (db, write_body, &order, error))
    return FALSE;
  replay.definition = text = pn_json_write (definition);
  return pn_replay_add (db, &replay, id, error);
}

void
pn_sla_replay_books_free (PnSlaReplayBooks *books)
{
  if (books == NULL)
    return;
  pn_sla_book_free (books->without);
  pn_sla_book_free (books->with);
  g_clear_pointer (&books->queues, g_array_unref);
  g_hash_table_unref (books->calendars);
  g_free (books);
}

static gint64
get_id (const json_t *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

static gboolean
read_policies (PnSlaBook *book, const json_t *list, GError **error)
{
  for (gsize i = 0; i < json_array_size (list); i++) {
    const json_t *each = json_array_get (list, i);
    PnPolicy *policy = pn_policy_new (pn_json_get_text (each, "name"));

    pn_sla_book_add_policy (book, policy);
    g_free (policy->title);
    policy->title = g_strdup (pn_json_get_text (each, "title"));
    policy->id = get_id (each, "id");
    policy->version = get_id (each, "version");
    policy->calendar_id = get_id (each, "calendar");
    policy->is_enabled = json_is_true (json_object_get (each, "is_enabled"));
    if (!pn_policy_read (policy, json_object_get (each, "document"), error))
      return FALSE;
  }
  return TRUE;
}

/* A calendar that can't be read is left out, as in pn_sla_book_load (). */
static void
read_calendars (PnSlaReplayBooks *books, const json_t *list)
{
  for (gsize i = 0; i < json_array_size (list); i++) {
    const json_t *each = json_array_get (list, i);
    const json_t *document = json_object_get (each, "document");
    const gint64 id = get_id (each, "id");
    PnHours *without = pn_hours_read (document, NULL);
    PnHours *with = pn_hours_read (document, NULL);

    if (without == NULL || with == NULL) {
      pn_hours_free (without);
      pn_hours_free (with);
      continue;
    }
    pn_sla_book_add_calendar (books->without, id, without);
    pn_sla_book_add_calendar (books->with, id, with);
    g_hash_table_insert (books->calendars, g_memdup2 (&id, sizeof id),
                         g_strdup (pn_json_get_text (each, "title")));
  }
}

static GArray *
read_ids (const json_t *list)
{
  GArray *ids;

  if (!json_is_array (list))
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gsize i = 0; i < json_array_size (list); i++) {
    const gint64 id = json_integer_value (json_array_get (list, i));

    g_array_append_val (ids, id);
  }
  return ids;
}

PnSlaReplayBooks *
pn_sla_replay_books_read (const char *definition, GError **error)
{
  g_autoptr (json_t) document = json_loads (definition, 0, NULL);
  g_autoptr (PnSlaReplayBooks) books = g_new0 (PnSlaReplayBooks, 1);

  books->without = pn_sla_book_new ();
  books->with = pn_sla_book_new ();
  books->calendars = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  books->policy_id = get_id (document, "policy");
  books->is_change = json_is_true (json_object_get (document, "is_change"));
  books->queues = read_ids (json_object_get (document, "queues"));
  if (!read_policies (books->without, json_object_get (document, "without"), error)
      || !read_policies (books->with, json_object_get (document, "with"), error))
    return NULL;
  read_calendars (books, json_object_get (document, "calendars"));
  return g_steal_pointer (&books);
}

gboolean
pn_sla_replay_is_within (const PnReplay *replay, const GArray *queues)
{
  g_autoptr (json_t) document = json_loads (replay->definition, 0, NULL);
  g_autoptr (GArray) own = read_ids (json_object_get (document, "queues"));

  if (queues == NULL)
    return TRUE;
  for (guint i = 0; own != NULL && i < own->len; i++) {
    if (!pn_ids_allow (queues, g_array_index (own, gint64, i)))
      return FALSE;
  }
  return own != NULL;
}

const char *
pn_sla_replay_policy_title (const PnSlaBook *book, const PnDeadline *round)
{
  const GPtrArray *policies = pn_sla_book_policies (book);

  for (guint i = 0; round->target != 0 && i < policies->len; i++) {
    const PnPolicy *policy = policies->pdata[i];

    if (policy->id == round->policy_id)
      return policy->title;
  }
  return NULL;
}
