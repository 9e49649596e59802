#include "ticketing/organisation_private.h"

#include <string.h>

#include "ticketing/deadline.h"
#include "ticketing/fact.h"
#include "ticketing/person.h"
#include "ticketing/sla_job.h"

#define SWEPT 500 /* addresses in one transaction */

static const char of_person_sql[] = "SELECT " PN_ORGANISATION_COLUMNS ", p.domain IS NULL"
                                    " FROM organisation_person p"
                                    " JOIN organisation o ON o.id = p.organisation_id"
                                    " WHERE p.person_id = ?";

static const char place_sql[] =
    "INSERT INTO organisation_person (person_id, organisation_id, domain) VALUES (?, ?, NULL)"
    " ON DUPLICATE KEY UPDATE organisation_id = VALUES(organisation_id), domain = NULL";

static const char leave_sql[] = "DELETE FROM organisation_person WHERE person_id = ?";

static const char join_sql[] = "INSERT IGNORE INTO organisation_person"
                               " (person_id, organisation_id, domain)"
                               " SELECT ?, organisation_id, domain"
                               " FROM organisation_domain"
                               " WHERE domain = ?";

static const char any_domain_sql[] = "SELECT 1 FROM organisation_domain"
                                     " ORDER BY domain"
                                     " LIMIT 1"
                                     " LOCK IN SHARE MODE";

/* The domain has moved to another organisation. */
static const char move_sql[] = "UPDATE organisation_person SET organisation_id = ?"
                               " WHERE person_id = ? AND domain = ?";

static const char drop_sql[] = "DELETE FROM organisation_person WHERE person_id = ? AND domain = ?";

static const char persons_sql[] = "SELECT person_id FROM organisation_person"
                                  " WHERE organisation_id = ? AND person_id > ?"
                                  " ORDER BY person_id"
                                  " LIMIT ?";

static const char count_sql[] =
    "SELECT COUNT(*) FROM organisation_person WHERE organisation_id = ?";

static const char next_sweep_sql[] =
    "SELECT domain, after_address, round FROM organisation_sweep LIMIT 1";

static const char move_sweep_sql[] = "UPDATE organisation_sweep SET after_address = ?"
                                     " WHERE domain = ? AND after_address = ? AND round = ?";

static const char end_sweep_sql[] = "DELETE FROM organisation_sweep WHERE domain = ? AND round = ?";

gboolean
pn_organisation_of_person (PnDb *db, gint64 person_id, PnOrganisation **organisation,
                           gboolean *by_hand, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, of_person_sql, PN_ARGS (pn_int (person_id)), error);

  if (rows == NULL)
    return FALSE;
  *organisation = NULL;
  if (!pn_rows_next (rows))
    return TRUE;
  *organisation = pn_organisation_read_row (rows);
  if (by_hand != NULL)
    *by_hand = pn_rows_int (rows, 6) != 0;
  return TRUE;
}

/* Asks once a transaction. Nobody can add a domain before it ends, so that a new person is not missed: neither here nor by the
 * sweep that follows a new domain. */
static gboolean
has_domains (PnDb *db, gboolean *answer, GError **error)
{
  static const char no_domain[] = "no domain";
  static const char emptiness[] = "emptiness";
  g_autoptr (PnRows) rows = NULL;

  *answer = pn_db_absent_has (db, emptiness, "", 1);
  if (*answer || pn_db_absent_has (db, no_domain, "", 1))
    return TRUE;
  rows = pn_db_query (db, any_domain_sql, PN_NO_ARGS, error);
  if (rows == NULL)
    return FALSE;
  *answer = pn_rows_next (rows);
  if (pn_db_in_transaction (db))
    pn_db_absent_add (db, *answer ? emptiness : no_domain, "", 1);
  return TRUE;
}

gboolean
pn_organisation_join (PnDb *db, gint64 person_id, const char *address, GError **error)
{
  const char *at = strrchr (address, '@');
  gboolean answer;

  if (at == NULL)
    return TRUE;
  if (!has_domains (db, &answer, error))
    return FALSE;
  return !answer
         || pn_db_exec (db, join_sql, PN_ARGS (pn_int (person_id), pn_text (at + 1)), NULL, error);
}

gboolean
pn_organisation_place (PnDb *db, gint64 person_id, gint64 organisation_id, GError **error)
{
  g_autoptr (PnPerson) person = pn_person_load (db, person_id, error);
  g_autoptr (PnOrganisation) organisation = NULL;

  if (person == NULL || !pn_deadline_mark_person (db, person_id, error))
    return FALSE;
  if (organisation_id != 0) {
    organisation = pn_organisation_load (db, organisation_id, error);
    return organisation != NULL
           && pn_db_exec (db, place_sql, PN_ARGS (pn_int (person_id), pn_int (organisation_id)),
                          NULL, error);
  }
  if (!pn_db_exec (db, leave_sql, PN_ARGS (pn_int (person_id)), NULL, error))
    return FALSE;
  for (guint i = 0; i < person->addresses->len; i++) {
    if (!pn_organisation_join (db, person_id, person->addresses->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

GArray *
pn_organisation_persons (PnDb *db, gint64 id, gint64 after, guint limit, GError **error)
{
  return pn_db_query_ids (db, persons_sql, PN_ARGS (pn_int (id), pn_int (after), pn_int (limit)),
                          error);
}

gboolean
pn_organisation_count_persons (PnDb *db, gint64 id, gint64 *persons, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, count_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL || !pn_rows_next (rows))
    return FALSE;
  *persons = pn_rows_int (rows, 0);
  return TRUE;
}

/* Places one address' person by what the domain is now. */
static gboolean
sweep_person (PnDb *db, gint64 person_id, const char *domain, gint64 organisation_id,
              GError **error)
{
  if (organisation_id == 0)
    return pn_db_exec (db, drop_sql, PN_ARGS (pn_int (person_id), pn_text (domain)), NULL, error);
  return pn_db_exec (db, move_sql,
                     PN_ARGS (pn_int (organisation_id), pn_int (person_id), pn_text (domain)), NULL,
                     error)
         && pn_db_exec (db, join_sql, PN_ARGS (pn_int (person_id), pn_text (domain)), NULL, error);
}

/* The cursor moves by compare-and-set, so a domain that changes meanwhile begins anew. */
static gboolean
sweep_portion (PnDb *db, gpointer data, GError **error)
{
  gboolean *is_done = data;
  g_autoptr (PnRows) rows = pn_db_query (db, next_sweep_sql, PN_NO_ARGS, error);
  g_autoptr (PnOrganisation) organisation = NULL;
  g_autoptr (GPtrArray) portion = NULL;
  const char *domain;
  const PnPersonAddress *last = NULL;

  if (rows == NULL)
    return FALSE;
  *is_done = !pn_rows_next (rows);
  if (*is_done)
    return TRUE;
  domain = pn_rows_text (rows, 0);
  portion = pn_person_list_domain (db, domain, pn_rows_text (rows, 1), SWEPT, error);
  if (portion == NULL || !pn_organisation_find_domain (db, domain, &organisation, error))
    return FALSE;
  for (guint i = 0; i < portion->len; i++) {
    last = portion->pdata[i];
    if (!sweep_person (db, last->person_id, domain, organisation != NULL ? organisation->id : 0,
                       error))
      return FALSE;
  }
  if (portion->len < SWEPT)
    return pn_db_exec (db, end_sweep_sql,
                       PN_ARGS (pn_text (domain), pn_int (pn_rows_int (rows, 2))), NULL, error)
           && pn_sla_job_start (db, domain, 0, error) && pn_fact_rebuild (db, error);
  return pn_db_exec (db, move_sweep_sql,
                     PN_ARGS (pn_text (last->address), pn_text (domain),
                              pn_text (pn_rows_text (rows, 1)), pn_int (pn_rows_int (rows, 2))),
                     NULL, error);
}

gboolean
pn_organisation_sweep (PnDb *db, gboolean *is_done, GError **error)
{
  return pn_db_run (db, sweep_portion, is_done, error);
}
