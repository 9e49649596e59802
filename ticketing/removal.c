#include "ticketing/removal.h"

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/link.h"
#include "ticketing/person_merge.h"
#include "ticketing/removal_private.h"

#define SOON (30 * PN_SECOND) /* until mail that was being filed during the order is filed */
#define COUNTED 10000

#define COLUMNS                                                                                    \
  "id, person_id, agent_id, subject, step, gen, ticket_id, after_id, until_id, not_before,"        \
  " tickets, messages, letters, files, created_at, finished_at"

static const char insert_sql[] =
    "INSERT INTO removal (person_id, agent_id, subject, not_before, created_at)"
    " VALUES (?, ?, ?, ?, ?)";

static const char find_sql[] = "SELECT " COLUMNS " FROM removal WHERE person_id = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM removal"
                               " ORDER BY id DESC"
                               " LIMIT ?";

static const char next_sql[] = "SELECT " COLUMNS " FROM removal"
                               " WHERE finished_at IS NULL AND not_before <= ?"
                               " ORDER BY not_before, id"
                               " LIMIT 1";

static const char save_sql[] =
    "UPDATE removal SET gen = gen + 1, subject = ?, step = ?, ticket_id = ?, after_id = ?,"
    " until_id = ?, not_before = ?, tickets = ?, messages = ?, letters = ?, files = ?,"
    " finished_at = ?"
    " WHERE id = ? AND gen = ?";

static const char count_tickets_sql[] =
    "SELECT COUNT(*), COALESCE(SUM(message_count), 0)"
    " FROM (SELECT message_count FROM ticket WHERE person_id = ? LIMIT ?) AS of_person";

static const char count_elsewhere_sql[] =
    "SELECT COUNT(*)"
    " FROM (SELECT t.person_id FROM participant p JOIN ticket t ON t.id = p.ticket_id"
    " WHERE p.address = ? AND FIND_IN_SET(t.person_id, ?) = 0 LIMIT ?) AS of_others";

static const char *const step_names[] = {
  [PN_REMOVAL_TICKETS] = "tickets",
  [PN_REMOVAL_ADDRESS] = "address",
  [PN_REMOVAL_MESSAGES] = "messages",
  [PN_REMOVAL_EVENTS] = "events",
  [PN_REMOVAL_SPOOL] = "spool",
  [PN_REMOVAL_CALLS] = "calls",
  [PN_REMOVAL_NOTICES] = "notices",
  [PN_REMOVAL_QUESTIONS] = "questions",
  [PN_REMOVAL_SHARED] = "shared",
  [PN_REMOVAL_HELD] = "held",
  [PN_REMOVAL_RETIRE] = "retire",
  [PN_REMOVAL_SHARED_AGAIN] = "shared_again",
  [PN_REMOVAL_HELD_AGAIN] = "held_again",
  [PN_REMOVAL_FILES] = "files",
  [PN_REMOVAL_DONE] = "done",
};

const char *
pn_removal_step_name (PnRemovalStep step)
{
  return step_names[step];
}

void
pn_removal_free (PnRemoval *removal)
{
  if (removal == NULL)
    return;
  g_array_unref (removal->members);
  g_ptr_array_unref (removal->addresses);
  g_free (removal);
}

static PnRemoval *
new_removal (void)
{
  PnRemoval *removal = g_new0 (PnRemoval, 1);

  removal->members = g_array_new (FALSE, FALSE, sizeof (gint64));
  removal->addresses = g_ptr_array_new_with_free_func (g_free);
  return removal;
}

/* {"members":[7],"addresses":["ada@customer.example"]} */
static void
read_subject (PnRemoval *removal, const char *text)
{
  g_autoptr (json_t) subject = json_loads (text, 0, NULL);
  const json_t *value;
  size_t i;

  json_array_foreach (json_object_get (subject, "members"), i, value)
  {
    const gint64 id = json_integer_value (value);

    g_array_append_val (removal->members, id);
  }
  json_array_foreach (json_object_get (subject, "addresses"), i, value)
      g_ptr_array_add (removal->addresses, g_strdup (json_string_value (value)));
}

static char *
write_subject (const PnRemoval *removal)
{
  g_autoptr (json_t) subject = json_object ();
  json_t *members = json_array ();

  for (guint i = 0; i < removal->members->len; i++)
    json_array_append_new (members, json_integer (g_array_index (removal->members, gint64, i)));
  pn_json_set (subject, "members", members);
  pn_json_set (subject, "addresses", pn_json_texts (removal->addresses));
  return pn_json_write (subject);
}

static PnRemoval *
read_row (const PnRows *rows)
{
  PnRemoval *removal = new_removal ();

  removal->id = pn_rows_int (rows, 0);
  removal->person_id = pn_rows_int (rows, 1);
  removal->agent_id = pn_rows_int (rows, 2);
  read_subject (removal, pn_rows_text (rows, 3));
  removal->step = (PnRemovalStep) CLAMP (pn_rows_int (rows, 4), 0, PN_REMOVAL_DONE);
  removal->gen = pn_rows_int (rows, 5);
  removal->ticket_id = pn_rows_int (rows, 6);
  removal->after_id = pn_rows_int (rows, 7);
  removal->until_id = pn_rows_int (rows, 8);
  removal->not_before = pn_rows_int (rows, 9);
  removal->tickets = pn_rows_int (rows, 10);
  removal->messages = pn_rows_int (rows, 11);
  removal->letters = pn_rows_int (rows, 12);
  removal->files = pn_rows_int (rows, 13);
  removal->created_at = pn_rows_int (rows, 14);
  removal->finished_at = pn_rows_int (rows, 15);
  return removal;
}

static gboolean
load_one (PnDb *db, const char *sql, gint64 number, PnRemoval **removal, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_ARGS (pn_int (number)), error);

  if (rows == NULL)
    return FALSE;
  *removal = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

gboolean
pn_removal_find (PnDb *db, gint64 person_id, PnRemoval **removal, GError **error)
{
  return load_one (db, find_sql, person_id, removal, error);
}

gboolean
pn_removal_next (PnDb *db, PnRemoval **removal, GError **error)
{
  return load_one (db, next_sql, pn_clock_now (), removal, error);
}

GPtrArray *
pn_removal_list (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_removal_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

static gboolean
revoke_links (PnDb *db, const PnRemoval *removal, GError **error)
{
  for (guint i = 0; i < removal->addresses->len; i++) {
    if (!pn_link_revoke (db, removal->addresses->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add (PnDb *db, PnRemoval *removal, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autofree char *subject = write_subject (removal);

  if (pn_db_insert (db, insert_sql,
                    PN_ARGS (pn_int (removal->person_id), pn_int_or_null (removal->agent_id),
                             pn_text (subject), pn_int (now + SOON), pn_int (now)),
                    &removal->id, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "person %" G_GINT64_FORMAT " was removed already",
                   removal->person_id);
  return FALSE;
}

gboolean
pn_removal_order (PnDb *db, gint64 person_id, gint64 agent_id, gint64 *id, GError **error)
{
  g_autoptr (PnPerson) person = pn_person_load (db, person_id, error);
  g_autoptr (PnRemoval) removal = new_removal ();

  if (person == NULL)
    return FALSE;
  removal->person_id = person->id;
  removal->agent_id = agent_id;
  g_array_unref (g_steal_pointer (&removal->members));
  removal->members = pn_person_members (db, person->id, error);
  if (removal->members == NULL) {
    removal->members = g_array_new (FALSE, FALSE, sizeof (gint64));
    return FALSE;
  }
  for (guint i = 0; i < person->addresses->len; i++)
    g_ptr_array_add (removal->addresses, g_strdup (person->addresses->pdata[i]));
  if (!add (db, removal, error) || !pn_removal_erase_person (db, removal, error)
      || !revoke_links (db, removal, error))
    return FALSE;
  *id = removal->id;
  return TRUE;
}

char *
pn_removal_members_text (const PnRemoval *removal)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < removal->members->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                            g_array_index (removal->members, gint64, i));
  return g_string_free (text, FALSE);
}

static gboolean
count_elsewhere (PnDb *db, const PnPerson *person, const char *members, PnRemovalCount *count,
                 GError **error)
{
  for (guint i = 0; i < person->addresses->len; i++) {
    g_autoptr (PnRows) rows = pn_db_query (
        db, count_elsewhere_sql,
        PN_ARGS (pn_text (person->addresses->pdata[i]), pn_text (members), pn_int (COUNTED)),
        error);

    if (rows == NULL)
      return FALSE;
    pn_rows_next (rows);
    count->elsewhere += pn_rows_int (rows, 0);
  }
  return TRUE;
}

gboolean
pn_removal_count (PnDb *db, gint64 person_id, PnRemovalCount *count, GError **error)
{
  g_autoptr (PnPerson) person = pn_person_load (db, person_id, error);
  g_autoptr (PnRemoval) removal = new_removal ();
  g_autoptr (GArray) members = person != NULL ? pn_person_members (db, person->id, error) : NULL;
  g_autofree char *text = NULL;

  *count = (PnRemovalCount){ 0 };
  if (members == NULL)
    return FALSE;
  for (guint i = 0; i < members->len; i++) {
    const gint64 id = g_array_index (members, gint64, i);
    g_autoptr (PnRows) rows =
        pn_db_query (db, count_tickets_sql, PN_ARGS (pn_int (id), pn_int (COUNTED)), error);

    if (rows == NULL)
      return FALSE;
    pn_rows_next (rows);
    count->tickets += pn_rows_int (rows, 0);
    count->messages += pn_rows_int (rows, 1);
    g_array_append_val (removal->members, id);
  }
  text = pn_removal_members_text (removal);
  return count_elsewhere (db, person, text, count, error);
}

void
pn_removal_go_on (PnRemoval *removal)
{
  removal->step++;
  removal->ticket_id = removal->after_id = removal->until_id = 0;
}

gboolean
pn_removal_save (PnDb *db, PnRemoval *removal, GError **error)
{
  const gboolean is_done = removal->step == PN_REMOVAL_DONE;
  g_autofree char *subject = NULL;
  gint64 affected = 0;

  if (is_done)
    g_ptr_array_set_size (removal->addresses, 0);
  removal->finished_at = is_done ? pn_clock_now () : 0;
  subject = write_subject (removal);
  if (!pn_db_exec (db, save_sql,
                   PN_ARGS (pn_text (subject), pn_int (removal->step), pn_int (removal->ticket_id),
                            pn_int (removal->after_id), pn_int (removal->until_id),
                            pn_int (removal->not_before), pn_int (removal->tickets),
                            pn_int (removal->messages), pn_int (removal->letters),
                            pn_int (removal->files), pn_int_or_null (removal->finished_at),
                            pn_int (removal->id), pn_int (removal->gen)),
                   &affected, error))
    return FALSE;
  if (affected == 1) {
    removal->gen++;
    return TRUE;
  }
  pn_error_set (error, PN_ERROR_CONFLICT, "another clerk works on removal %" G_GINT64_FORMAT,
                removal->id);
  return FALSE;
}
