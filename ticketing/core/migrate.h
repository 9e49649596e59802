/* Migrate: brings a database's schema to what this program needs, forward only.
 *
 *   migration      (name, checksum, applied_at)   what has been done
 *   migration_lock (id, owner, until)             who is at it: a lease by compare-and-set, as Galera wants it
 *
 * MariaDB commits at each statement that changes a schema, so a migration that was interrupted runs again from its
 * first statement: each must be repeatable (IF NOT EXISTS). A released file is never edited; its checksum is kept.
 */
#pragma once

#include "ticketing/core/db.h"

typedef struct {
  const char *name; /* "0002_queue"; the list is sorted by it */
  const char *sql;  /* statements, each ending with a semicolon */
} PnMigration;

/* Runs what is missing. Waits for another program that is migrating, and fails with TEMPORARY when that takes more than
 * two minutes; PERMANENT when the database is newer than @list or a migration was edited after it ran. */
gboolean pn_migrate (PnDb *db, const PnMigration *list, gsize n, GError **error);

/* @pending gets how many are missing. Changes nothing; errors as above. */
gboolean pn_migrate_pending (PnDb *db, const PnMigration *list, gsize n, gsize *pending,
                             GError **error);

/* Returns: (owned) the statements in @sql, without their semicolons; comments stay where they are. */
char **pn_migrate_split (const char *sql);
