#include "ticketing/sla_clock.h"

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"

static const char touch_sql[] = "UPDATE sla_book SET gen = gen + 1 WHERE id = 1";

struct PnSlaBook {
  GPtrArray *policies;   /* of PnPolicy, in order */
  GHashTable *calendars; /* gint64 id → PnHours */
};

static void
free_policy (gpointer policy)
{
  pn_policy_free (policy);
}

static void
free_hours (gpointer hours)
{
  pn_hours_free (hours);
}

PnSlaBook *
pn_sla_book_new (void)
{
  PnSlaBook *book = g_new0 (PnSlaBook, 1);

  book->policies = g_ptr_array_new_with_free_func (free_policy);
  book->calendars = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_hours);
  return book;
}

void
pn_sla_book_free (PnSlaBook *book)
{
  if (book == NULL)
    return;
  g_ptr_array_unref (book->policies);
  g_hash_table_unref (book->calendars);
  g_free (book);
}

void
pn_sla_book_add_calendar (PnSlaBook *book, gint64 id, PnHours *hours)
{
  g_hash_table_insert (book->calendars, g_memdup2 (&id, sizeof id), hours);
}

void
pn_sla_book_add_policy (PnSlaBook *book, PnPolicy *policy)
{
  g_ptr_array_add (book->policies, policy);
}

const GPtrArray *
pn_sla_book_policies (const PnSlaBook *book)
{
  return book->policies;
}

const PnHours *
pn_sla_book_hours (const PnSlaBook *book, gint64 calendar_id)
{
  return g_hash_table_lookup (book->calendars, &calendar_id);
}

gboolean
pn_sla_book_touch (PnDb *db, GError **error)
{
  return pn_db_exec (db, touch_sql, PN_NO_ARGS, NULL, error);
}

/* A calendar that can't be read (a zone that this machine lacks) is left out, and with it its policies. */
static gboolean
load_calendars (PnDb *db, PnSlaBook *book, GError **error)
{
  g_autoptr (GPtrArray) calendars = pn_calendar_list (db, error);

  for (guint i = 0; calendars != NULL && i < calendars->len; i++) {
    const PnCalendar *calendar = calendars->pdata[i];
    g_autoptr (GError) problem = NULL;
    PnHours *hours = pn_calendar_hours (calendar, &problem);

    if (hours != NULL)
      pn_sla_book_add_calendar (book, calendar->id, hours);
    else
      pn_log_error (PN_LOG_ERROR, "calendar-unreadable", problem, "calendar=%s", calendar->name);
  }
  return calendars != NULL;
}

/* In one transaction, so that policies and calendars are of one state. */
static gboolean
load_body (PnDb *db, gpointer data, GError **error)
{
  PnSlaBook **book = data;
  g_autoptr (GPtrArray) policies = NULL;

  pn_sla_book_free (*book);
  *book = pn_sla_book_new ();
  policies = pn_sla_list (db, error);
  if (policies == NULL)
    return FALSE;
  while (policies->len > 0)
    pn_sla_book_add_policy (*book, g_ptr_array_steal_index (policies, 0));
  return load_calendars (db, *book, error);
}

PnSlaBook *
pn_sla_book_load (PnDb *db, GError **error)
{
  g_autoptr (PnSlaBook) book = NULL;
  const gboolean is_fine = pn_db_in_transaction (db) ? load_body (db, &book, error)
                                                     : pn_db_run (db, load_body, &book, error);

  return is_fine ? g_steal_pointer (&book) : NULL;
}

gboolean
pn_sla_book_load_then (PnDb *db, const PnDeadline *deadline, PnSlaBook **book, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;
  PnHours *hours = NULL;

  *book = NULL;
  if (deadline->done_at == 0)
    return TRUE;
  if (!pn_sla_load_version (db, deadline->policy_id, deadline->policy_version, &policy, error))
    return FALSE;
  if (policy == NULL)
    return TRUE;
  if (!pn_calendar_hours_then (db, deadline->calendar_id, deadline->done_at, &hours, error))
    return FALSE;
  if (hours == NULL)
    return TRUE;
  *book = pn_sla_book_new ();
  pn_sla_book_add_calendar (*book, deadline->calendar_id, hours);
  pn_sla_book_add_policy (*book, g_steal_pointer (&policy));
  return TRUE;
}

const PnPolicy *
pn_sla_match (const PnSlaBook *book, const PnSlaFacts *facts)
{
  for (guint i = 0; i < book->policies->len; i++) {
    const PnPolicy *policy = book->policies->pdata[i];

    if (pn_policy_misfit (policy, facts) == NULL)
      return policy;
  }
  return NULL;
}

json_t *
pn_sla_explain (const PnSlaBook *book, const PnSlaFacts *facts)
{
  json_t *tries = json_array ();

  for (guint i = 0; i < book->policies->len; i++) {
    const PnPolicy *policy = book->policies->pdata[i];
    const char *misfit = pn_policy_misfit (policy, facts);

    json_array_append_new (tries, json_pack ("{s:I, s:s, s:s, s:I, s:b, s:o}", "id",
                                             (json_int_t) policy->id, "policy", policy->name,
                                             "title", policy->title, "version",
                                             (json_int_t) policy->version, "is_chosen",
                                             misfit == NULL, "misfit", pn_json_text (misfit)));
    if (misfit == NULL)
      break;
  }
  return tries;
}
