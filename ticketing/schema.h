/* Schema: the migrations that this program carries, from ticketing/schema/ (one .sql file each). */
#pragma once

#include "ticketing/core/migrate.h"

/* Returns: the migrations, sorted; they live as long as the program. Any thread. */
const PnMigration *pn_schema (gsize *n);
