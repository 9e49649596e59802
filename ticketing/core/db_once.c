#include "ticketing/core/db_private.h"

#define ARGS_MOST 4000 /* the server takes 65,535 */

/* The clock runs from before the first row is locked to when COMMIT is all that is left. */
static const char begin_text[] = "BEGIN NOT ATOMIC SET @pn_held = SYSDATE(6); ";

/* As ER_CHECKREAD the transaction runs again from its first read. */
static const char must_change_text[] =
    "IF ROW_COUNT() = 0 THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1020,"
    " MESSAGE_TEXT = 'a row was changed by somebody else'; END IF; ";

static const char end_text[] =
    "SET @pn_held = TIMESTAMPDIFF(MICROSECOND, @pn_held, SYSDATE(6)); COMMIT; END";

static const char held_sql[] = "SELECT @pn_held";

void
pn_db_finish_at_once (PnDb *db)
{
  g_return_if_fail (db->in_transaction);
  db->is_at_once = TRUE;
}

gboolean
pn_db_fits_at_once (const PnDb *db)
{
  gsize n_args = 0;

  for (guint i = 0; i < db->later->len; i++)
    n_args += ((const PnDbLater *) db->later->pdata[i])->values->len;
  return n_args > 0 && n_args <= ARGS_MOST;
}

/* Each row is a statement of its own, with the text of the one that was put off, a literal; @args gets the values, borrowed. */
static char *
write_text (const PnDb *db, GArray *args)
{
  GString *text = g_string_new (begin_text);

  for (guint i = 0; i < db->later->len; i++) {
    const PnDbLater *later = db->later->pdata[i];

    for (guint done = 0; done < later->values->len; done += (guint) later->n_args) {
      g_string_append (text, later->sql);
      g_string_append (text, "; ");
      if (later->must_change)
        g_string_append (text, must_change_text);
    }
    g_array_append_vals (args, later->values->data, later->values->len);
  }
  g_string_append (text, end_text);
  return g_string_free (text, FALSE);
}

gboolean
pn_db_commit_at_once (PnDb *db, GError **error)
{
  g_autoptr (GArray) args = g_array_new (FALSE, FALSE, sizeof (PnValue));
  g_autoptr (GPtrArray) sent = db->later; /* keeps the values */
  g_autofree char *text = write_text (db, args);

  db->later = pn_db_later_new ();
  return pn_db_exec_built (db, text, (const PnValue *) (void *) args->data, args->len, error);
}

gint64
pn_db_held (PnDb *db)
{
  g_autoptr (PnRows) rows = pn_db_query (db, held_sql, PN_NO_ARGS, NULL);

  return rows != NULL && pn_rows_next (rows) ? MAX (pn_rows_int (rows, 0), 0) : 0;
}
