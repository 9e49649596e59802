/* Of a role, what needs the database: the parser's process is without it. */
#include "gateway/serve/role.h"

#include "ticketing/core/error.h"

#define RETRY (PN_SECOND / 5)
#define PATIENCE (5 * PN_SECOND)

PnDb *
pn_role_open_db (PnRole *role, GError **error)
{
  gint64 impatient_at = g_get_monotonic_time () + PATIENCE;
  PnDbTarget target;

  pn_role_db_target (role, &target);
  for (;;) {
    g_autoptr (GError) reason = NULL;
    PnDb *db = pn_db_open (&target, &reason);

    if (db != NULL) {
      pn_role_trouble (role, NULL);
      return db;
    }
    if (!pn_error_is (reason, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
    if (g_get_monotonic_time () >= impatient_at)
      pn_role_trouble (role, reason->message);
    if (pn_role_wait (role, -1, RETRY) == PN_ROLE_EVENT_STOP) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "told to stop before the database answered");
      return NULL;
    }
  }
}
