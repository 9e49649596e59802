#include "kb/trust.h"

#include <math.h>

#include "kb/confidence.h"
#include "kb/given.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"

#define CHANCE 0.05 /* of switching off a base that is as good as it should be, at each look */

static const char load_sql[] = "SELECT document, learned_at, learned_to, off_at, off_reason, on_at"
                               " FROM kb_trust"
                               " WHERE id = 1";

static const char save_sql[] =
    "INSERT INTO kb_trust (id, document, learned_at, learned_to)"
    " VALUES (1, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE document = VALUES(document), learned_at = VALUES(learned_at),"
    " learned_to = VALUES(learned_to)";

static const char need_sql[] =
    "INSERT IGNORE INTO kb_trust (id, document, learned_at, learned_to) VALUES (1, '{}', 0, 0)";

static const char off_sql[] = "UPDATE kb_trust"
                              " SET off_at = ?, off_reason = ?"
                              " WHERE id = 1 AND off_at IS NULL";

static const char on_sql[] =
    "UPDATE kb_trust SET off_at = NULL, off_reason = NULL, on_at = ? WHERE id = 1";

PnTrust *
pn_trust_new (void)
{
  PnTrust *trust = g_new0 (PnTrust, 1);

  trust->threshold = PN_TRUST_SAFE_THRESHOLD;
  return trust;
}

void
pn_trust_free (PnTrust *trust)
{
  if (trust == NULL)
    return;
  json_decref (trust->weights);
  g_free (trust->off_reason);
  g_free (trust);
}

static double
number_of (const json_t *document, const char *name, double otherwise)
{
  const json_t *value = json_object_get (document, name);

  return json_is_number (value) ? json_number_value (value) : otherwise;
}

/* Leaves the safe start where nothing was learned, or by another measure. */
static void
read_document (PnTrust *trust, const char *text)
{
  json_t *document = json_loads (text, 0, NULL);

  trust->is_learned = number_of (document, "measure", 0) == PN_KB_MEASURE;
  if (!trust->is_learned) {
    json_decref (document);
    return;
  }
  trust->threshold = number_of (document, "threshold", PN_TRUST_SAFE_THRESHOLD);
  trust->precision = number_of (document, "precision", 0);
  trust->coverage = number_of (document, "coverage", 0);
  trust->error = number_of (document, "error", 0);
  trust->samples = (gint64) number_of (document, "samples", 0);
  trust->weights = json_incref (json_object_get (document, "weights"));
  json_decref (document);
}

PnTrust *
pn_trust_load (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_NO_ARGS, error);
  PnTrust *trust;

  if (rows == NULL)
    return NULL;
  trust = pn_trust_new ();
  if (!pn_rows_next (rows))
    return trust;
  read_document (trust, pn_rows_text (rows, 0));
  if (trust->is_learned) {
    trust->learned_at = pn_rows_int (rows, 1);
    trust->learned_to = pn_rows_int (rows, 2);
  }
  trust->off_at = pn_rows_int (rows, 3);
  trust->off_reason = g_strdup (pn_rows_text (rows, 4));
  trust->on_at = pn_rows_int (rows, 5);
  return trust;
}

gboolean
pn_trust_save (PnDb *db, const PnTrust *trust, GError **error)
{
  json_t *document = json_pack ("{s:i, s:f, s:f, s:f, s:f, s:I, s:O?}", "measure", PN_KB_MEASURE,
                                "threshold", trust->threshold, "precision", trust->precision,
                                "coverage", trust->coverage, "error", trust->error, "samples",
                                (json_int_t) trust->samples, "weights", trust->weights);
  g_autofree char *text = pn_json_write (document);

  json_decref (document);
  return pn_db_exec (
      db, save_sql,
      PN_ARGS (pn_text (text), pn_int (trust->learned_at), pn_int (trust->learned_to)), NULL,
      error);
}

gboolean
pn_trust_switch_off (PnDb *db, const char *reason, gboolean *is_news, GError **error)
{
  gint64 affected;

  if (!pn_db_exec (db, need_sql, PN_NO_ARGS, NULL, error)
      || !pn_db_exec (db, off_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_text (reason)), &affected,
                      error))
    return FALSE;
  *is_news = affected == 1;
  return TRUE;
}

gboolean
pn_trust_switch_on (PnDb *db, GError **error)
{
  return pn_db_exec (db, on_sql, PN_ARGS (pn_int (pn_clock_now ())), NULL, error);
}

/* The probability of at most @solved of @judged when each is right with PN_TRUST_GOAL. */
static double
chance_of (gint64 judged, gint64 solved)
{
  double sum = 0;

  for (gint64 k = 0; k <= solved; k++)
    sum += exp (lgamma ((double) judged + 1) - lgamma ((double) k + 1)
                - lgamma ((double) (judged - k) + 1) + (double) k * log (PN_TRUST_GOAL)
                + (double) (judged - k) * log (1 - PN_TRUST_GOAL));
  return sum;
}

gboolean
pn_trust_watch (PnDb *db, char **reason, GError **error)
{
  g_autoptr (PnTrust) trust = pn_trust_load (db, error);
  g_autofree char *why = NULL;
  gint64 judged, solved;
  gboolean is_news;

  *reason = NULL;
  if (trust == NULL)
    return FALSE;
  if (trust->off_at != 0)
    return TRUE;
  if (!pn_given_recent (db, trust->on_at, PN_TRUST_RECENT, &judged, &solved, error))
    return FALSE;
  if (judged < PN_TRUST_FEWEST || chance_of (judged, solved) > CHANCE)
    return TRUE;
  why = pn_reason_make (PN_WHY_TRUST_WATCH, "{s:i, s:i}", "judged", (int) judged, "wrong",
                        (int) (judged - solved));
  if (!pn_trust_switch_off (db, why, &is_news, error))
    return FALSE;
  if (is_news)
    *reason = g_steal_pointer (&why);
  return TRUE;
}
