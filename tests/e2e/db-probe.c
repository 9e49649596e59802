/* db-probe: asks a gateway's database, for tests that look behind the pages or put letters there.
 *
 *   db-probe SOCKET SCHEMA SQL…      prints the first column of each SELECT's rows, a JSON text a line
 */
#include <jansson.h>
#include <stdio.h>

#include "ticketing/core/db.h"

static gboolean
ask (PnDb *db, const char *sql, GError **error)
{
  g_autoptr (PnRows) rows = NULL;

  if (!g_str_has_prefix (sql, "SELECT"))
    return pn_db_exec (db, sql, PN_NO_ARGS, NULL, error);
  rows = pn_db_query_built (db, sql, PN_NO_ARGS, error);
  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    const char *text = pn_rows_text (rows, 0);
    json_t *value = text != NULL ? json_string (text) : json_null ();
    g_autofree char *line = json_dumps (value, JSON_COMPACT | JSON_ENCODE_ANY);

    puts (line);
    json_decref (value);
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = NULL;
  PnDbTarget target = { 0 };

  if (argc < 4) {
    fprintf (stderr, "usage: db-probe SOCKET SCHEMA SQL...\n");
    return 64;
  }
  target.socket = argv[1];
  target.name = argv[2];
  target.user = g_get_user_name ();
  pn_db_library_start ();
  db = pn_db_open (&target, &error);
  for (int i = 3; i < argc && error == NULL; i++)
    ask (db, argv[i], &error);
  if (error == NULL)
    return 0;
  fprintf (stderr, "db-probe: %s\n", error->message);
  return 1;
}
