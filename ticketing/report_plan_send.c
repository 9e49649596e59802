#include "ticketing/report_plan.h"

#include "ticketing/access.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/mailbox.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"
#include "ticketing/rate.h"

#define SHOWN 40 /* rows in the letter; the file has all */
#define PROBLEM_BYTES 250

static const char due_sql[] =
    "SELECT id FROM report_plan WHERE is_enabled = 1 AND next_at > 0 AND next_at <= ?"
    " ORDER BY next_at"
    " LIMIT 1";

static const char claim_sql[] =
    "UPDATE report_plan SET gen = gen + 1, next_at = ?, sent_at = COALESCE(?, sent_at),"
    " problem = ?, is_enabled = ?"
    " WHERE id = ? AND gen = ?";

static const char period_sql[] =
    "INSERT IGNORE INTO report_period (plan_id, period, sent_at) VALUES (?, ?, ?)";

/* A plan's letters, ready to be ordered. */
typedef struct {
  const PnReportPlan *plan;
  char *period; /* "2026-11-16..2026-11-22" */
  char *key;    /* of the outbox */
  json_t *document;
  gint64 mailbox_id;
  char *refusal;     /* the reason why there is no letter; NULL */
  char *problem;     /* the same for who asked for it */
  gboolean is_final; /* and there won't be one later */
  guint letters;
} Issue;

static void
issue_clear (Issue *issue)
{
  g_clear_pointer (&issue->period, g_free);
  g_clear_pointer (&issue->key, g_free);
  g_clear_pointer (&issue->document, json_decref);
  g_clear_pointer (&issue->refusal, g_free);
  g_clear_pointer (&issue->problem, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Issue, issue_clear)

static const char *
get_word (gpointer data, const char *name)
{
  return json_string_value (json_object_get (data, name));
}

/* What can't be counted is told of; other errors are tried again. */
static gboolean
refuse (Issue *issue, GError *problem, GError **error)
{
  if (pn_error_is (problem, PN_ERROR_INVALID) || pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    issue->problem = pn_text_clip (problem->message, PROBLEM_BYTES);
    issue->refusal =
        pn_reason_make (PN_WHY_PLAN_UNCOUNTABLE, "{s:o}", "problem", pn_json_text (issue->problem));
    g_error_free (problem);
    return TRUE;
  }
  g_propagate_error (error, problem);
  return FALSE;
}

/* Adds the table as a file; nobody refers to it until the letter does. */
static gboolean
add_file (PnDb *db, const PnReport *report, Issue *issue, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = g_strdup_printf ("%s %s.csv", issue->plan->name, issue->period);
  g_autofree char *sha_text = NULL;
  guint8 sha[PN_SHA256_BYTES];

  pn_report_write_csv (report, text);
  bytes = g_bytes_new (text->str, text->len);
  if (!pn_blob_store (db, bytes, sha, error))
    return FALSE;
  sha_text = pn_hex (sha, sizeof sha);
  pn_json_set (issue->document, "files",
               json_pack ("[{s:o, s:s, s:s}]", "name", pn_json_text (name), "type", "text/csv",
                          "sha", sha_text));
  return TRUE;
}

static void
write_document (const PnReport *report, const PnReportRequest *request, Issue *issue)
{
  const PnReportPlan *plan = issue->plan;
  g_autofree char *query = pn_report_plan_query (plan);
  g_autofree char *zone = g_uri_escape_string (request->zone, NULL, FALSE);
  g_autofree char *path =
      g_strdup_printf ("/desk/reports/%s?from=%s&to=%s&zone=%s%s%s", plan->report, request->from,
                       request->to, zone, *query != '\0' ? "&" : "", query);
  json_t *document = pn_report_write (report, request, NULL);
  json_t *rows = json_object_get (document, "rows");
  const size_t n = json_array_size (rows);

  while (json_array_size (rows) > SHOWN)
    json_array_remove (rows, json_array_size (rows) - 1);
  pn_json_set (document, "more", json_integer (n > SHOWN ? (json_int_t) (n - SHOWN) : 0));
  json_object_set (document, "sum", json_object_get (document, "total"));
  json_object_del (document, "total");
  pn_json_set (document, "title", pn_json_text (plan->title));
  pn_json_set (document, "is_one_day", json_boolean (g_str_equal (request->from, request->to)));
  pn_json_set (document, "path", pn_json_text (path));
  issue->document = document;
}

/* Counts what @access may see. */
static gboolean
count (PnDb *db, const PnAccess *access, PnTime at, Issue *issue, GError **error)
{
  const PnReportPlan *plan = issue->plan;
  g_autoptr (PnReportRequest) request = pn_report_request_new (plan->report, plan->zone);
  g_autoptr (PnReport) report = NULL;
  GError *problem = NULL;

  g_clear_pointer (&request->from, g_free);
  g_clear_pointer (&request->to, g_free);
  pn_report_plan_days (plan, at, &request->from, &request->to);
  issue->period = g_strdup_printf ("%s..%s", request->from, request->to);
  if (pn_report_read (db, request, get_word, plan->words, &problem)) {
    request->queues = pn_access_queues (access);
    report = pn_report_run (db, request, &problem);
  }
  if (report == NULL)
    return refuse (issue, problem, error);
  write_document (report, request, issue);
  return add_file (db, report, issue, error);
}

static gboolean
refuse_plan (Issue *issue, PnReasonCode code, const char *problem, gboolean is_final)
{
  issue->refusal = g_strdup (pn_reason (code));
  issue->problem = g_strdup (problem);
  issue->is_final = is_final;
  return TRUE;
}

/* The first queue that the owner may see and that can send. 0: none can. */
static gboolean
find_mailbox (PnDb *db, const PnAccess *access, gint64 *mailbox_id, GError **error)
{
  g_autoptr (GPtrArray) queues = pn_queue_list (db, error);

  *mailbox_id = 0;
  for (guint i = 0; queues != NULL && i < queues->len && *mailbox_id == 0; i++) {
    const gint64 id = ((const PnQueue *) queues->pdata[i])->id;
    g_autoptr (PnMailbox) mailbox = NULL;

    if (!pn_access_may (access, PN_RIGHT_SEE, id))
      continue;
    if (!pn_mailbox_for_queue (db, id, &mailbox, error))
      return FALSE;
    *mailbox_id = mailbox != NULL ? mailbox->id : 0;
  }
  return queues != NULL;
}

static gboolean
prepare (PnDb *db, PnTime at, Issue *issue, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnAgent) owner = pn_agent_load (db, issue->plan->owner_id, &problem);
  g_autoptr (PnAccess) access = NULL;

  if (owner == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (owner == NULL || !owner->is_enabled || owner->role < PN_ROLE_LEAD)
    return refuse_plan (issue, PN_WHY_PLAN_OWNER, "the owner may not see figures any more", TRUE);
  access = pn_access_load (db, owner, error);
  if (access == NULL || !find_mailbox (db, access, &issue->mailbox_id, error))
    return FALSE;
  if (issue->mailbox_id == 0)
    return refuse_plan (issue, PN_WHY_PLAN_NO_MAILBOX,
                        "no mailbox of the owner's queues can send mail", FALSE);
  return count (db, access, at, issue, error);
}

static gboolean
order (PnDb *db, Issue *issue, GError **error)
{
  const GPtrArray *readers = issue->plan->readers;
  PnLetterOrder letter = { .class = PN_CLASS_NOTICE,
                           .letter = "report",
                           .document = issue->document,
                           .mailbox_id = issue->mailbox_id,
                           .reason_key = issue->key };

  issue->letters = 0;
  for (guint i = 0; i < readers->len; i++) {
    g_autoptr (PnAgent) agent = NULL;

    if (!pn_agent_find (db, readers->pdata[i], &agent, error))
      return FALSE;
    if (agent == NULL || !agent->is_enabled || *agent->address == '\0')
      continue;
    letter.agent_id = agent->id;
    letter.recipient = agent->address;
    letter.recipient_name = agent->name;
    if (!pn_outbox_add (db, &letter, NULL, error))
      return FALSE;
    issue->letters++;
  }
  return TRUE;
}

/* The claim lets one clerk go on; the period's key lets it go out once, also when the plan was changed since. */
static gboolean
send_in_transaction (PnDb *db, gpointer data, GError **error)
{
  Issue *issue = data;
  const PnReportPlan *plan = issue->plan;
  const PnTime now = pn_clock_now ();
  const gboolean is_letter = issue->refusal == NULL;
  gint64 affected = 0;

  if (!pn_db_exec (db, claim_sql,
                   PN_ARGS (pn_int (pn_report_plan_next (plan, now)),
                            pn_int_or_null (is_letter ? now : 0), pn_text (issue->refusal),
                            pn_int (!issue->is_final), pn_int (plan->id), pn_int (plan->gen)),
                   &affected, error))
    return FALSE;
  if (affected == 0 || !is_letter)
    return TRUE; /* another clerk was faster */
  if (!pn_db_exec (db, period_sql,
                   PN_ARGS (pn_int (plan->id), pn_text (issue->period), pn_int (now)), &affected,
                   error))
    return FALSE;
  if (affected == 0)
    return TRUE;
  PN_CRASH_POINT ("report-ordering");
  return order (db, issue, error);
}

static gboolean
find_due (PnDb *db, PnReportPlan **plan, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, due_sql, PN_ARGS (pn_int (pn_clock_now ())), error);

  *plan = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  *plan = pn_report_plan_load (db, pn_rows_int (rows, 0), error);
  return *plan != NULL;
}

gboolean
pn_report_plan_send (PnDb *db, guint *done, GError **error)
{
  g_autoptr (PnReportPlan) plan = NULL;
  g_auto (Issue) issue = { 0 };
  gboolean is_behind;

  *done = 0;
  if (!find_due (db, &plan, error))
    return FALSE;
  if (plan == NULL)
    return TRUE;
  if (!pn_fact_is_behind (db, &is_behind, error))
    return FALSE;
  if (is_behind)
    return TRUE;
  issue.plan = plan;
  if (!prepare (db, pn_report_plan_last (plan, pn_clock_now ()), &issue, error))
    return FALSE;
  issue.key = g_strdup_printf ("report:%" G_GINT64_FORMAT ":%s", plan->id, issue.period);
  if (!pn_db_run (db, send_in_transaction, &issue, error))
    return FALSE;
  PN_CRASH_POINT ("report-ordered");
  pn_log (PN_LOG_INFO, "report-ordered", "plan=%" G_GINT64_FORMAT " letters=%u", plan->id,
          issue.letters);
  *done = 1;
  return TRUE;
}

static gboolean
order_now (PnDb *db, gpointer data, GError **error)
{
  Issue *issue = data;
  g_autofree char *key = g_strdup_printf ("report-now:%" G_GINT64_FORMAT, issue->plan->id);
  gboolean is_allowed;

  if (!pn_rate_hit (db, key, PN_HOUR, PN_REPORT_PLAN_HOURLY, &is_allowed, error))
    return FALSE;
  if (!is_allowed) {
    pn_error_set (error, PN_ERROR_CONFLICT, "it was sent %d times within an hour",
                  PN_REPORT_PLAN_HOURLY);
    return FALSE;
  }
  return order (db, issue, error);
}

gboolean
pn_report_plan_send_now (PnDb *db, const PnReportPlan *plan, guint *letters, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_auto (Issue) issue = { .plan = plan };

  if (!prepare (db, now, &issue, error))
    return FALSE;
  if (issue.refusal != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "%s", issue.problem);
    return FALSE;
  }
  issue.key = g_strdup_printf ("report:%" G_GINT64_FORMAT ":now:%" G_GINT64_FORMAT, plan->id, now);
  if (!pn_db_run (db, order_now, &issue, error))
    return FALSE;
  *letters = issue.letters;
  return TRUE;
}
