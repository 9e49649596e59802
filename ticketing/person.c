#include "ticketing/person.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/organisation.h"

#define NAME_BYTES 200
#define REASON_BYTES 500
#define LANGUAGE_BYTES 16
#define NOTE_BYTES 10000
#define ADDRESSES_SHOWN 200

static const char ahead_sql[] = "SELECT address FROM address"
                                " WHERE address IN (" PN_AHEAD_PLACES ")";

static const char ahead_suspended_sql[] =
    "SELECT address FROM address"
    " WHERE address IN (" PN_AHEAD_PLACES ") AND suspended_at IS NOT NULL";

/* Kinds of keys of which a transaction may know that they are absent (core/db.h). */
static const char key_address[] = "address";
static const char key_suspended[] = "suspended address";

static const char find_sql[] = "SELECT COALESCE(p.merged_into, p.id), p.name,"
                               " a.verified_at IS NOT NULL"
                               " FROM address a"
                               " JOIN person p ON p.id = a.person_id"
                               " WHERE a.address = ?";

/* Reads past our snapshot: the row of a rival who was faster (or error 1020, and the transaction runs again). */
static const char find_rival_sql[] = "SELECT COALESCE(p.merged_into, p.id), p.name,"
                                     " a.verified_at IS NOT NULL"
                                     " FROM address a"
                                     " JOIN person p ON p.id = a.person_id"
                                     " WHERE a.address = ?"
                                     " LOCK IN SHARE MODE";

static const char insert_person_sql[] = "INSERT INTO person (name, created_at) VALUES (?, ?)";

static const char delete_person_sql[] = "DELETE FROM person WHERE id = ?";

static const char insert_address_sql[] =
    "INSERT INTO address (address, person_id, verified_at, created_at) VALUES (?, ?, ?, ?)";

static const char name_sql[] = "UPDATE person SET name = ? WHERE id = ? AND name = ''";

static const char load_sql[] = "SELECT p.id, p.name, p.language, p.note, p.created_at"
                               " FROM person q"
                               " JOIN person p ON p.id = COALESCE(q.merged_into, q.id)"
                               " WHERE q.id = ?";

static const char addresses_sql[] = "SELECT a.address"
                                    " FROM address a"
                                    " WHERE a.person_id = ?"
                                    " UNION ALL"
                                    " SELECT b.address"
                                    " FROM person m"
                                    " JOIN address b ON b.person_id = m.id"
                                    " WHERE m.merged_into = ?"
                                    " LIMIT ?";

static const char domain_sql[] = "SELECT address, person_id"
                                 " FROM address FORCE INDEX (address_domain)"
                                 " WHERE domain = ? AND address > ?"
                                 " ORDER BY address"
                                 " LIMIT ?";

static const char save_sql[] = "UPDATE person SET name = ?, language = ?, note = ? WHERE id = ?";

static const char verified_sql[] =
    "UPDATE address SET verified_at = ? WHERE address = ? AND verified_at IS NULL";

static const char suspend_sql[] = "UPDATE address SET suspended_at = ?, suspended_reason = ?"
                                  " WHERE address = ? AND suspended_at IS NULL";

static const char is_suspended_sql[] =
    "SELECT suspended_at IS NOT NULL FROM address WHERE address = ?";

static const char set_rule_sql[] =
    "INSERT INTO sender_rule (pattern, verdict, agent_id, created_at) VALUES (?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE verdict = VALUES(verdict), agent_id = VALUES(agent_id),"
    " created_at = VALUES(created_at)";

/* The rule for the address goes before the one for its domain. */
static const char find_rule_sql[] = "SELECT verdict FROM sender_rule"
                                    " WHERE pattern IN (?, ?)"
                                    " ORDER BY pattern LIKE '@%'"
                                    " LIMIT 1";

static const char any_rule_sql[] = "SELECT 1 FROM sender_rule LIMIT 1";

void
pn_person_free (PnPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->name);
  g_free (person->language);
  g_free (person->note);
  g_clear_pointer (&person->addresses, g_ptr_array_unref);
  g_free (person);
}

char *
pn_person_fold (const char *address)
{
  return g_utf8_strdown (address, -1);
}

/* Who has an address. */
typedef struct {
  gint64 id; /* 0: nobody */
  gboolean has_name;
  gboolean is_verified; /* the address */
} Holder;

static gboolean
find (PnDb *db, const char *sql, const char *folded, Holder *holder, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_ARGS (pn_text (folded)), error);

  if (rows == NULL)
    return FALSE;
  *holder = (Holder){ 0 };
  if (pn_rows_next (rows)) {
    holder->id = pn_rows_int (rows, 0);
    holder->has_name = *pn_rows_text (rows, 1) != '\0';
    holder->is_verified = pn_rows_int (rows, 2) != 0;
  }
  return TRUE;
}

/* @holder->is_verified says how the address is to be, and is left so. */
static gboolean
add (PnDb *db, const char *folded, const char *name, Holder *holder, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (GError) problem = NULL;

  pn_db_absent_remove (db, key_address, folded, strlen (folded));
  if (!pn_db_insert (db, insert_person_sql, PN_ARGS (pn_text (name), pn_int (now)), &holder->id,
                     error))
    return FALSE;
  if (pn_db_insert (db, insert_address_sql,
                    PN_ARGS (pn_text (folded), pn_int (holder->id),
                             pn_int_or_null (holder->is_verified ? now : 0), pn_int (now)),
                    NULL, &problem))
    return pn_organisation_join (db, holder->id, folded, error);
  if (!pn_error_is (problem, PN_ERROR_CONFLICT)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return pn_db_exec (db, delete_person_sql, PN_ARGS (pn_int (holder->id)), NULL, error)
         && find (db, find_rival_sql, folded, holder, error);
}

/* What is known of the holder now, and was not. */
static gboolean
complete (PnDb *db, const char *folded, const char *name, const Holder *holder,
          gboolean is_vouched_for, GError **error)
{
  if (!holder->has_name && *name != '\0'
      && !pn_db_exec (db, name_sql, PN_ARGS (pn_text (name), pn_int (holder->id)), NULL, error))
    return FALSE;
  return holder->is_verified || !is_vouched_for
         || pn_db_exec (db, verified_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_text (folded)),
                        NULL, error);
}

gboolean
pn_person_for_sender (PnDb *db, const char *address, const char *name, gboolean is_vouched_for,
                      gint64 *person_id, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autofree char *label = pn_text_clean_line (name, NAME_BYTES);
  Holder holder = { .is_verified = is_vouched_for, .has_name = TRUE };
  const gsize size_bytes = strlen (folded);

  if (size_bytes == 0 || size_bytes > PN_ADDRESS_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "an address has 1 to %d bytes, this one has %zu",
                  PN_ADDRESS_MAX_BYTES, size_bytes);
    return FALSE;
  }
  if (!pn_db_absent_has (db, key_address, folded, size_bytes)
      && !find (db, find_sql, folded, &holder, error))
    return FALSE;
  if (holder.id == 0) {
    holder = (Holder){ .is_verified = is_vouched_for, .has_name = TRUE };
    if (!add (db, folded, label, &holder, error))
      return FALSE;
  }
  *person_id = holder.id;
  return complete (db, folded, label, &holder, is_vouched_for, error);
}

gboolean
pn_person_for_address (PnDb *db, const char *address, const char *name, gint64 *person_id,
                       GError **error)
{
  return pn_person_for_sender (db, address, name, FALSE, person_id, error);
}

gboolean
pn_person_look_ahead (PnDb *db, const GPtrArray *addresses, GError **error)
{
  static const PnAhead known = { key_address, PN_VALUE_TEXT, ahead_sql };
  static const PnAhead suspended = { key_suspended, PN_VALUE_TEXT, ahead_suspended_sql };

  return pn_db_look_ahead (db, &known, addresses, error)
         && pn_db_look_ahead (db, &suspended, addresses, error);
}

gboolean
pn_person_find_address (PnDb *db, const char *address, gint64 *person_id, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  Holder holder;

  if (!find (db, find_sql, folded, &holder, error))
    return FALSE;
  *person_id = holder.id;
  return TRUE;
}

static gboolean
load_addresses (PnDb *db, PnPerson *person, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, addresses_sql,
      PN_ARGS (pn_int (person->id), pn_int (person->id), pn_int (ADDRESSES_SHOWN)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows))
    g_ptr_array_add (person->addresses, g_strdup (pn_rows_text (rows, 0)));
  return TRUE;
}

PnPerson *
pn_person_load_alone (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);
  PnPerson *person;

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no person %" G_GINT64_FORMAT, id);
    return NULL;
  }
  person = g_new0 (PnPerson, 1);
  person->id = pn_rows_int (rows, 0);
  person->name = g_strdup (pn_rows_text (rows, 1));
  person->language = g_strdup (pn_rows_text (rows, 2));
  person->note = g_strdup (pn_rows_text (rows, 3));
  person->created_at = pn_rows_int (rows, 4);
  person->addresses = g_ptr_array_new_with_free_func (g_free);
  return person;
}

PnPerson *
pn_person_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnPerson) person = pn_person_load_alone (db, id, error);

  return person != NULL && load_addresses (db, person, error) ? g_steal_pointer (&person) : NULL;
}

static void
free_address (gpointer data)
{
  PnPersonAddress *address = data;

  g_free (address->address);
  g_free (address);
}

GPtrArray *
pn_person_list_domain (PnDb *db, const char *domain, const char *after, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, domain_sql, PN_ARGS (pn_text (domain), pn_text (after), pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_address);
  while (pn_rows_next (rows)) {
    PnPersonAddress *address = g_new0 (PnPersonAddress, 1);

    address->address = g_strdup (pn_rows_text (rows, 0));
    address->person_id = pn_rows_int (rows, 1);
    g_ptr_array_add (list, address);
  }
  return list;
}

gboolean
pn_person_save (PnDb *db, const PnPerson *person, GError **error)
{
  g_autofree char *name = pn_text_clean_line (person->name, NAME_BYTES);
  const char *language =
      person->language != NULL && *person->language != '\0' ? person->language : NULL;
  const char *note = person->note != NULL ? person->note : "";

  if (language != NULL
      && (strlen (language) > LANGUAGE_BYTES
          || strspn (language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")
                 != strlen (language))) {
    pn_error_set (error, PN_ERROR_INVALID, "a language is a tag as \"en\" or \"pt-BR\", not this");
    return FALSE;
  }
  if (strlen (note) > NOTE_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "a note has at most %d bytes, this one has %zu",
                  NOTE_BYTES, strlen (note));
    return FALSE;
  }
  return pn_db_exec (
      db, save_sql,
      PN_ARGS (pn_text (name), pn_text (language), pn_text (note), pn_int (person->id)), NULL,
      error);
}

gboolean
pn_person_suspend (PnDb *db, const char *address, const char *reason, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autofree char *words = pn_text_clean_line (reason, REASON_BYTES);
  gint64 person_id;

  pn_db_absent_remove (db, key_suspended, folded, strlen (folded));
  return pn_person_for_address (db, folded, NULL, &person_id, error)
         && pn_db_exec (db, suspend_sql,
                        PN_ARGS (pn_int (pn_clock_now ()), pn_text (words), pn_text (folded)), NULL,
                        error);
}

gboolean
pn_person_is_suspended (PnDb *db, const char *address, gboolean *is_suspended, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autoptr (PnRows) rows = NULL;

  *is_suspended = FALSE;
  if (pn_db_absent_has (db, key_suspended, folded, strlen (folded)))
    return TRUE;
  rows = pn_db_query (db, is_suspended_sql, PN_ARGS (pn_text (folded)), error);
  if (rows == NULL)
    return FALSE;
  *is_suspended = pn_rows_next (rows) && pn_rows_int (rows, 0) != 0;
  return TRUE;
}

gboolean
pn_sender_rule_set (PnDb *db, const char *pattern, PnSenderVerdict verdict, gint64 agent_id,
                    GError **error)
{
  g_autofree char *folded = pn_person_fold (pattern);
  const char *at = strrchr (folded, '@');

  if (at == NULL || at[1] == '\0' || strlen (folded) > PN_ADDRESS_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "a sender rule is for an address or for \"@domain\", not for \"%s\"", pattern);
    return FALSE;
  }
  return pn_db_exec (db, set_rule_sql,
                     PN_ARGS (pn_text (folded), pn_int (verdict), pn_int_or_null (agent_id),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

gboolean
pn_sender_rule_exist (PnDb *db, gboolean *exist, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, any_rule_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *exist = pn_rows_next (rows);
  return TRUE;
}

gboolean
pn_sender_rule_find (PnDb *db, const char *address, gboolean *has_rule, PnSenderVerdict *verdict,
                     GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  const char *domain = strrchr (folded, '@');
  g_autoptr (PnRows) rows = NULL;

  *has_rule = FALSE;
  if (domain == NULL)
    return TRUE;
  rows = pn_db_query (db, find_rule_sql, PN_ARGS (pn_text (folded), pn_text (domain)), error);
  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows)) {
    *has_rule = TRUE;
    *verdict = pn_rows_int (rows, 0) == PN_SENDER_BLOCK ? PN_SENDER_BLOCK : PN_SENDER_ALLOW;
  }
  return TRUE;
}
