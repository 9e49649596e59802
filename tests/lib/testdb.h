/* Test database: a private mariadbd for one test program, on a socket in a directory of its own under /tmp.
 *
 * It starts with the first call and dies with the program, however that ends: a small janitor process holds the server
 * as its child, waits for the program's end and removes everything. Nothing it does is durable. As root the server runs
 * as "nobody". The empty data directory is made once a build tree, under tests/tmp.
 */
#pragma once

#include "ticketing/core/db.h"

/* Returns: (owned) a connection to a new schema with all migrations done. Where there is no mariadbd: NULL, and the
 * test is marked as skipped; the test then returns at once. */
PnDb *pn_testdb_open (void);

/* As pn_testdb_open (), without the migrations. */
PnDb *pn_testdb_open_empty (void);

/* Returns: where the schema of the last pn_testdb_open () is, for more connections to it. */
const PnDbTarget *pn_testdb_target (void);

/* Fails the test unless the server reads the first table of @explain ("EXPLAIN SELECT …") by the index @key. */
void pn_testdb_assert_key (PnDb *db, const char *explain, const PnValue *args, gsize n_args,
                           const char *key);
