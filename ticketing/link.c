#include "ticketing/link.h"

#include "ticketing/person.h"

static const char revoke_sql[] = "INSERT INTO link_revoked (address, revoked_at)"
                                 " VALUES (?, ?)"
                                 " ON DUPLICATE KEY UPDATE"
                                 " revoked_at = GREATEST(revoked_at, VALUES(revoked_at))";

static const char find_sql[] = "SELECT revoked_at FROM link_revoked WHERE address = ?";

static const char sweep_sql[] = "DELETE FROM link_revoked WHERE revoked_at < ? LIMIT 1000";

gboolean
pn_link_revoke (PnDb *db, const char *address, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);

  return pn_db_exec (db, revoke_sql, PN_ARGS (pn_text (folded), pn_int (pn_clock_now ())), NULL,
                     error);
}

gboolean
pn_link_is_revoked (PnDb *db, const char *address, PnTime made_at, gboolean *is_revoked,
                    GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (folded)), error);

  if (rows == NULL)
    return FALSE;
  *is_revoked = pn_rows_next (rows) && made_at <= pn_rows_int (rows, 0);
  return TRUE;
}

gboolean
pn_link_sweep (PnDb *db, GError **error)
{
  return pn_db_exec (db, sweep_sql, PN_ARGS (pn_int (pn_clock_now () - PN_LINK_LIFE_MOST)), NULL,
                     error);
}
