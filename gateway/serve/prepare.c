#include "gateway/serve/prepare.h"

#include "ticketing/core/error.h"
#include "ticketing/schema.h"

/* An account without the right to create schemas is fine where the schema is there already. */
static gboolean
create_schema (const PnDbTarget *target, GError **error)
{
  PnDbTarget server = *target;
  g_autoptr (GError) reason = NULL;
  g_autofree char *sql = NULL;
  g_autoptr (PnDb) db = NULL;

  server.name = NULL;
  db = pn_db_open (&server, error);
  if (db == NULL)
    return FALSE;
  /* A name cannot be bound; the settings let only letters, digits and _ through. The connection, which keeps the
   * statement by its address, ends before the text does. */
  sql = g_strdup_printf ("CREATE DATABASE IF NOT EXISTS `%s`"
                         " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci",
                         target->name);
  if (!pn_db_exec (db, sql, PN_NO_ARGS, NULL, &reason) && !pn_error_is (reason, PN_ERROR_DENIED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_prepare_database (const PnDbTarget *target, GError **error)
{
  g_autoptr (PnDb) db = NULL;
  gsize n = 0;
  const PnMigration *migrations = pn_schema (&n);

  if (!create_schema (target, error))
    return FALSE;
  db = pn_db_open (target, error);
  return db != NULL && pn_migrate (db, migrations, n, error);
}
