#include "ticketing/person_merge.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/mailbox.h"

#define SHOWN 200

static const char root_sql[] = "SELECT COALESCE(merged_into, id) FROM person WHERE id = ?";

static const char lock_sql[] =
    "SELECT merged_into IS NULL FROM person WHERE id IN (?, ?) ORDER BY id FOR UPDATE";

static const char members_sql[] = "SELECT id FROM person WHERE merged_into = ? ORDER BY id LIMIT ?";

static const char merged_sql[] =
    "SELECT m.person_id, p.name, (SELECT a.address FROM address a WHERE a.person_id = p.id"
    " ORDER BY a.created_at, a.address LIMIT 1), m.agent_id, m.created_at"
    " FROM person p"
    " JOIN person_merge m ON m.person_id = p.id"
    " WHERE p.merged_into = ?"
    " ORDER BY m.created_at DESC, m.person_id DESC"
    " LIMIT ?";

static const char insert_sql[] =
    "INSERT INTO person_merge (person_id, into_id, agent_id, created_at)"
    " VALUES (?, ?, ?, ?)";

static const char delete_sql[] = "DELETE FROM person_merge WHERE person_id = ?";

static const char parts_sql[] = "SELECT person_id FROM person_merge WHERE into_id = ?"
                                " ORDER BY person_id LIMIT ?";

static const char adopt_sql[] = "UPDATE person SET merged_into = ? WHERE id = ? OR merged_into = ?";

static const char set_root_sql[] = "UPDATE person SET merged_into = ? WHERE id = ?";

static const char add_address_sql[] =
    "INSERT INTO address (address, person_id, created_at) VALUES (?, ?, ?)";

static const char new_person_sql[] = "INSERT INTO person (name, created_at) VALUES ('', ?)";

static const char take_address_sql[] =
    "UPDATE address SET person_id = ? WHERE address = ? AND person_id = ?";

static const char holder_sql[] = "SELECT person_id FROM address WHERE address = ?";

void
pn_person_member_free (PnPersonMember *member)
{
  if (member == NULL)
    return;
  g_free (member->name);
  g_free (member->address);
  g_free (member);
}

static gboolean
find_root (PnDb *db, gint64 id, gint64 *root_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, root_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no person %" G_GINT64_FORMAT, id);
    return FALSE;
  }
  *root_id = pn_rows_int (rows, 0);
  return TRUE;
}

GArray *
pn_person_members (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PnRows) rows = pn_db_query (db, root_sql, PN_ARGS (pn_int (id)), error);
  gint64 root_id;

  if (rows == NULL)
    return NULL;
  root_id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : id;
  g_array_append_val (ids, root_id);
  return pn_db_append_ids (db, members_sql,
                           PN_ARGS (pn_int (root_id), pn_int (PN_PERSON_MEMBERS_MAX)), ids, error)
             ? g_steal_pointer (&ids)
             : NULL;
}

GPtrArray *
pn_person_merged (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_person_member_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, merged_sql, PN_ARGS (pn_int (id), pn_int (SHOWN)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnPersonMember *member = g_new0 (PnPersonMember, 1);

    member->id = pn_rows_int (rows, 0);
    member->name = g_strdup (pn_rows_text (rows, 1));
    member->address = g_strdup (pn_rows_text (rows, 2));
    member->agent_id = pn_rows_int (rows, 3);
    member->merged_at = pn_rows_int (rows, 4);
    g_ptr_array_add (list, member);
  }
  return g_steal_pointer (&list);
}

/* Holds both persons to the end of the transaction: two who merge crosswise come one after the other. */
static gboolean
lock_roots (PnDb *db, gint64 id, gint64 other_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, lock_sql, PN_ARGS (pn_int (id), pn_int (other_id)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    if (pn_rows_int (rows, 0) != 0)
      continue;
    pn_error_set (error, PN_ERROR_CONFLICT, "one of them was merged by somebody else meanwhile");
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_person_merge (PnDb *db, gint64 id, gint64 into_id, gint64 agent_id, GError **error)
{
  gint64 from;
  gint64 into;

  if (!find_root (db, id, &from, error) || !find_root (db, into_id, &into, error))
    return FALSE;
  if (from == into) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "persons %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " are one already", id,
                  into_id);
    return FALSE;
  }
  return lock_roots (db, from, into, error)
         && pn_db_exec (db, insert_sql,
                        PN_ARGS (pn_int (from), pn_int (into), pn_int_or_null (agent_id),
                                 pn_int (pn_clock_now ())),
                        NULL, error)
         && pn_db_exec (db, adopt_sql, PN_ARGS (pn_int (into), pn_int (from), pn_int (from)), NULL,
                        error);
}

/* All that hang on @id, by merges that stand. */
static gboolean
collect_parts (PnDb *db, gint64 id, GArray *ids, GError **error)
{
  g_array_append_val (ids, id);
  for (guint i = 0; i < ids->len && ids->len <= PN_PERSON_MEMBERS_MAX; i++) {
    if (!pn_db_append_ids (
            db, parts_sql,
            PN_ARGS (pn_int (g_array_index (ids, gint64, i)), pn_int (PN_PERSON_MEMBERS_MAX)), ids,
            error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_person_unmerge (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 affected;

  if (!pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_INVALID, "person %" G_GINT64_FORMAT " is not merged", id);
    return FALSE;
  }
  if (!collect_parts (db, id, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    if (!pn_db_exec (
            db, set_root_sql,
            PN_ARGS (pn_int_or_null (i == 0 ? 0 : id), pn_int (g_array_index (ids, gint64, i))),
            NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_foreign (PnDb *db, const char *address, GError **error)
{
  g_autoptr (PnMailbox) mailbox = NULL;

  if (!pn_mailbox_find_address (db, address, &mailbox, error))
    return FALSE;
  if (mailbox != NULL)
    pn_error_set (error, PN_ERROR_INVALID, "%s is the address of our mailbox \"%s\"", address,
                  mailbox->name);
  return mailbox == NULL;
}

gboolean
pn_person_add_address (PnDb *db, gint64 id, const char *address, GError **error)
{
  g_autofree char *usable = pn_text_read_address (address, error);
  g_autofree char *folded = usable != NULL ? pn_person_fold (usable) : NULL;
  gint64 root_id;
  gint64 holder_id;

  if (folded == NULL || !check_foreign (db, folded, error) || !find_root (db, id, &root_id, error)
      || !pn_person_find_address (db, folded, &holder_id, error))
    return FALSE;
  if (holder_id == root_id)
    return TRUE;
  if (holder_id != 0) {
    pn_error_set (error, PN_ERROR_CONFLICT,
                  "%s belongs to person %" G_GINT64_FORMAT ": merge the two", folded, holder_id);
    return FALSE;
  }
  if (pn_db_insert (db, add_address_sql,
                    PN_ARGS (pn_text (folded), pn_int (root_id), pn_int (pn_clock_now ())), NULL,
                    error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "%s came to belong to somebody else meanwhile",
                   folded);
  return FALSE;
}

/* @holder_id: the member that has the address itself; 0: nobody. */
static gboolean
find_holder (PnDb *db, const char *folded, gint64 *holder_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, holder_sql, PN_ARGS (pn_text (folded)), error);

  if (rows == NULL)
    return FALSE;
  *holder_id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

static gboolean
give_away (PnDb *db, const char *folded, gint64 holder_id, GError **error)
{
  gint64 new_id;
  gint64 affected;

  if (!pn_db_insert (db, new_person_sql, PN_ARGS (pn_int (pn_clock_now ())), &new_id, error)
      || !pn_db_exec (db, take_address_sql,
                      PN_ARGS (pn_int (new_id), pn_text (folded), pn_int (holder_id)), &affected,
                      error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_CONFLICT, "%s was moved by somebody else meanwhile", folded);
  return affected == 1;
}

gboolean
pn_person_remove_address (PnDb *db, gint64 id, const char *address, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autoptr (PnPerson) person = pn_person_load (db, id, error);
  gint64 holder_id;

  if (person == NULL || !find_holder (db, folded, &holder_id, error))
    return FALSE;
  if (holder_id == 0
      || !g_ptr_array_find_with_equal_func (person->addresses, folded, g_str_equal, NULL)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "person %" G_GINT64_FORMAT " has no address %s", id,
                  folded);
    return FALSE;
  }
  if (person->addresses->len == 1) {
    pn_error_set (error, PN_ERROR_INVALID, "it is the only address of this person");
    return FALSE;
  }
  return give_away (db, folded, holder_id, error);
}
