#include "gateway/serve/filing.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/clerk/intake.h"
#include "gateway/mail/language.h"
#include "gateway/mail/mime_read.h"
#include "kb/search.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define LEASED 200                     /* between two rounds the parser has nothing to do */
#define GROUP 25                       /* mails in one transaction */
#define LOOK_AHEAD 4                   /* mails for which it is worth it */
#define GROUP_BYTES (16 * 1024 * 1024) /* of raw mail in memory at a time */
#define PARSER_DEATHS 2                /* after which a mail is filed as unparsed */
#define ATTEMPTS 6 /* held against a mail, after which it is so whatever the reason */
#define FIRST_PAUSE (10 * PN_SECOND) /* of a mail that can't be filed now */
#define LONGEST_PAUSE (30 * PN_MINUTE)

/* One delivery on its way. */
typedef struct {
  const PnDelivery *delivery;
  GBytes *raw;      /* NULL: not read yet */
  gpointer started; /* what the parser knows it by; NULL: it has not got it */
  PnMail *mail;
  guint8 record_sha[PN_SHA256_BYTES];
  PnDraft draft;
  PnIntakeItem item;
  PnFiled filed;
  PnTime started_at;
} Work;

/* The mails of one transaction. */
typedef struct {
  const PnFiling *filing;
  const PnClerk *clerk;
  GPtrArray *works; /* of Work */
} Group;

static void
work_free (Work *work)
{
  g_clear_pointer (&work->raw, g_bytes_unref);
  g_clear_pointer (&work->mail, pn_mail_free);
  pn_filed_clear (&work->filed);
  pn_draft_clear (&work->draft);
  g_free (work);
}

static PnMail *
read_json (GBytes *raw, GError **error)
{
  gsize size_bytes;
  const char *bytes = g_bytes_get_data (raw, &size_bytes);
  json_t *document = json_loadb (bytes, size_bytes, 0, NULL);
  PnMail *mail;

  if (document == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "the record is no JSON");
    return NULL;
  }
  mail = pn_mail_read (document, error);
  json_decref (document);
  if (mail != NULL && mail->language == NULL)
    mail->language = g_strdup (pn_language_detect (mail->text));
  return mail;
}

static const char *
authserv_ids (const PnClerk *clerk, const PnDelivery *delivery)
{
  const PnMailbox *mailbox = pn_book_mailbox (clerk->book, delivery->mailbox_id);

  return mailbox != NULL ? mailbox->authserv_id : NULL;
}

static gboolean
is_hopeless (const PnDelivery *delivery)
{
  return delivery->attempts > ATTEMPTS;
}

/* Who dies of a mail twice is not asked a third time. */
static PnMail *
parse (const PnFiling *filing, const PnClerk *clerk, Work *work, GError **error)
{
  const PnDelivery *delivery = work->delivery;
  g_autoptr (GError) problem = NULL;
  gboolean has_died = FALSE;
  PnMail *mail;

  if (is_hopeless (delivery))
    return pn_mime_read_unparsed (work->raw);
  mail = filing->parse (filing->parse_data, g_steal_pointer (&work->started), work->raw,
                        authserv_ids (clerk, delivery), &has_died, &problem);
  if (mail != NULL)
    return mail;
  pn_log_error (PN_LOG_WARNING, "parse-failed", problem, "spool=%" G_GINT64_FORMAT " attempt=%d",
                delivery->id, delivery->attempts);
  if (has_died && delivery->attempts >= PARSER_DEATHS)
    return pn_mime_read_unparsed (work->raw);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* Returns: (owned) the bytes of the small mails of a group, by their names; NULL where asking for all at once is not worth it,
 * or failed: then each is asked for by itself. */
static GHashTable *
load_small (const PnFiling *filing, const GPtrArray *deliveries, guint first, guint end)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (end - first < LOOK_AHEAD)
    return NULL;
  for (guint i = first; i < end; i++) {
    const PnDelivery *delivery = deliveries->pdata[i];

    g_ptr_array_add (names, g_bytes_new (delivery->raw_sha, sizeof delivery->raw_sha));
  }
  return pn_blob_load_small (filing->db, names, NULL);
}

/* Reads the bytes, unless @small (may be NULL) has them, and lets the parser begin. A problem is met again, and told, when the
 * record is wanted. */
static void
start (const PnFiling *filing, const PnClerk *clerk, GHashTable *small, Work *work)
{
  const PnDelivery *delivery = work->delivery;
  g_autoptr (GBytes) name = g_bytes_new_static (delivery->raw_sha, sizeof delivery->raw_sha);
  GBytes *bytes = small != NULL ? g_hash_table_lookup (small, name) : NULL;

  work->started_at = g_get_monotonic_time ();
  work->raw = bytes != NULL
                  ? g_bytes_ref (bytes)
                  : pn_blob_load (filing->db, delivery->raw_sha, PN_SPOOL_LIMIT_BYTES, NULL);
  if (work->raw != NULL && filing->start_parse != NULL && delivery->format == PN_FORMAT_RFC822
      && !is_hopeless (delivery))
    work->started =
        filing->start_parse (filing->parse_data, work->raw, authserv_ids (clerk, delivery));
}

static PnMail *
read_mail (const PnFiling *filing, const PnClerk *clerk, Work *work, GError **error)
{
  const PnDelivery *delivery = work->delivery;
  g_autoptr (GError) problem = NULL;
  PnMail *mail;

  if (work->raw == NULL)
    work->raw = pn_blob_load (filing->db, delivery->raw_sha, PN_SPOOL_LIMIT_BYTES, error);
  if (work->raw == NULL)
    return NULL;
  if (delivery->format == PN_FORMAT_RFC822)
    return parse (filing, clerk, work, error);
  mail = read_json (work->raw, &problem);
  if (mail != NULL)
    return mail;
  pn_log_error (PN_LOG_ERROR, "record-unreadable", problem, "spool=%" G_GINT64_FORMAT,
                delivery->id);
  return pn_mime_read_unparsed (work->raw);
}

static gboolean
store_attachments (PnDb *db, PnMail *mail, GError **error)
{
  for (guint i = 0; i < mail->attachments->len; i++) {
    PnAttachment *attachment = mail->attachments->pdata[i];
    guint8 sha[PN_SHA256_BYTES];

    if (attachment->bytes == NULL)
      continue;
    if (!pn_blob_store (db, attachment->bytes, sha, error))
      return FALSE;
    g_free (attachment->sha256);
    attachment->sha256 = pn_hex (sha, sizeof sha);
    g_clear_pointer (&attachment->bytes, g_bytes_unref);
  }
  return TRUE;
}

/* Held mail and spam are shown from their record. */
static gboolean
store_record (PnDb *db, Work *work, GError **error)
{
  json_t *document = pn_mail_write (work->mail);
  char *text = json_dumps (document, JSON_COMPACT);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (text, strlen (text), free, text);

  json_decref (document);
  if (!pn_blob_store (db, bytes, work->record_sha, error))
    return FALSE;
  work->item.record_sha = work->record_sha;
  return TRUE;
}

static gboolean
prepare (const PnFiling *filing, const PnClerk *clerk, Work *work, GError **error)
{
  work->mail = read_mail (filing, clerk, work, error);
  g_clear_pointer (&work->raw, g_bytes_unref);
  if (work->mail == NULL)
    return FALSE;
  if (pn_spool_is_confirmed (work->delivery))
    work->mail->sender_verdict = PN_VERDICT_PASS;
  PN_CRASH_POINT ("clerk-parsed");
  if (work->delivery->is_header_only)
    g_ptr_array_add (work->mail->defects,
                     g_strdup ("the mail is too large: only its header was fetched, the rest is "
                               "still on the mail server"));
  work->item.delivery = work->delivery;
  work->item.mail = work->mail;
  if (!store_attachments (filing->db, work->mail, error)
      || !pn_intake_screen (clerk, work->delivery, work->mail, &work->item.screening, error))
    return FALSE;
  if (work->item.screening.state != PN_SPOOL_WAITING)
    return store_record (filing->db, work, error);
  pn_draft_make (clerk, work->delivery->queue_id, work->mail, &work->draft);
  work->item.draft = &work->draft;
  return TRUE;
}

typedef struct {
  const PnClerk *clerk;
  Work *work;
} Filing;

static gboolean
file_one (PnDb *db, gpointer data, GError **error)
{
  const Filing *filing = data;

  return pn_intake_file (filing->clerk, &filing->work->item, &filing->work->filed, error);
}

static gboolean
look_ahead (const Group *group, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_sized_new (group->works->len);

  for (guint i = 0; i < group->works->len; i++)
    g_ptr_array_add (items, &((Work *) group->works->pdata[i])->item);
  return pn_intake_look_ahead (group->clerk, items, error);
}

/* All or none: that is what mostly happens. After a failure each is tried alone. */
static gboolean
file_group (PnDb *db, gpointer data, GError **error)
{
  Group *group = data;

  PN_CRASH_POINT ("clerk-tx-begin");
  if (group->works->len >= LOOK_AHEAD && !look_ahead (group, error))
    return FALSE;
  for (guint i = 0; i < group->works->len; i++) {
    Filing filing = { group->clerk, group->works->pdata[i] };

    if (!file_one (db, &filing, error))
      return FALSE;
  }
  PN_CRASH_POINT ("clerk-before-commit");
  return TRUE;
}

static void
log_filed (const Work *work)
{
  pn_log (PN_LOG_INFO, "mail-filed",
          "spool=%" G_GINT64_FORMAT " mailbox=%" G_GINT64_FORMAT " disposition=%s"
          " ticket=%" G_GINT64_FORMAT " message=%" G_GINT64_FORMAT " took_ms=%" G_GINT64_FORMAT,
          work->delivery->id, work->delivery->mailbox_id,
          pn_disposition_name (work->filed.disposition), work->filed.ticket_id,
          work->filed.message_id, (g_get_monotonic_time () - work->started_at) / PN_MILLISECOND);
}

/* A COMMIT whose answer was lost may have worked: then the second run finds the row finished. */
static gboolean
is_finished (const PnFiling *filing, const PnDelivery *delivery, const GError *problem)
{
  g_autoptr (PnDelivery) now = NULL;

  if (!pn_error_is (problem, PN_ERROR_CONFLICT))
    return FALSE;
  now = pn_spool_load (filing->db, delivery->id, NULL);
  return now != NULL && now->state != PN_SPOOL_WAITING;
}

/* Later, and later still each time: a mail that can't be filed does not stand in the others' way. */
static void
give_back (const PnFiling *filing, const PnDelivery *delivery, const GError *problem)
{
  const int doublings = CLAMP (delivery->attempts - 1, 0, 10);
  const PnTime pause = MIN (FIRST_PAUSE << doublings, LONGEST_PAUSE);
  const gboolean is_to_blame =
      !pn_error_is (problem, PN_ERROR_TEMPORARY) && !pn_error_is (problem, PN_ERROR_CONFLICT);
  g_autoptr (GError) error = NULL;

  pn_log_error (is_to_blame ? PN_LOG_ERROR : PN_LOG_WARNING, "mail-not-filed", problem,
                "spool=%" G_GINT64_FORMAT, delivery->id);
  if (!pn_spool_give_back (filing->db, delivery->id, filing->owner, pn_clock_now () + pause,
                           is_to_blame, &error))
    pn_log_error (PN_LOG_WARNING, "give-back-failed", error, "spool=%" G_GINT64_FORMAT,
                  delivery->id); /* its lease lapses by itself */
}

/* In a transaction of its own, which sees what others did meanwhile and spoils nothing for the mails beside it. */
static void
file_alone (Group *group, Work *work)
{
  Filing filing = { group->clerk, work };
  g_autoptr (GError) problem = NULL;

  if (pn_db_run (group->filing->db, file_one, &filing, &problem))
    log_filed (work);
  else if (!is_finished (group->filing, work->delivery, problem))
    give_back (group->filing, work->delivery, problem);
}

static void
finish_group (Group *group)
{
  g_autoptr (GError) error = NULL;
  const gboolean is_committed =
      group->works->len > 0 && pn_db_run (group->filing->db, file_group, group, &error);

  PN_CRASH_POINT ("clerk-after-commit");
  if (error != NULL)
    pn_log_error (PN_LOG_DEBUG, "group-not-filed", error, "mails=%u", group->works->len);
  for (guint i = 0; i < group->works->len; i++) {
    Work *work = group->works->pdata[i];

    if (is_committed)
      log_filed (work);
    else
      file_alone (group, work);
  }
  g_ptr_array_set_size (group->works, 0);
}

/* Returns: where a group that starts at @first ends: by number, by size; a mail that failed before is a group of its own,
 * for it may have been what ended a clerk. */
static guint
group_end (const GPtrArray *deliveries, guint first)
{
  gint64 size_bytes = 0;
  guint end = first;

  while (end < deliveries->len && end - first < GROUP) {
    const PnDelivery *delivery = deliveries->pdata[end];

    size_bytes += delivery->size_bytes;
    if (end > first && (size_bytes > GROUP_BYTES || delivery->attempts > 1))
      break;
    end++;
    if (delivery->attempts > 1)
      break;
  }
  return end;
}

/* Makes the next group out of what is left. */
static void
gather (Group *group, const GPtrArray *deliveries, guint *first)
{
  const guint end = group_end (deliveries, *first);
  g_autoptr (GHashTable) small = load_small (group->filing, deliveries, *first, end);

  for (guint i = *first; i < end; i++) {
    Work *work = g_new0 (Work, 1);

    work->delivery = deliveries->pdata[i];
    start (group->filing, group->clerk, small, work);
    g_ptr_array_add (group->works, work);
  }
  *first = end;
}

/* Those that can't be read now are given back. One state of the knowledge base answers all. */
static void
prepare_group (Group *group)
{
  const PnFiling *filing = group->filing;

  pn_kb_hold ();
  for (guint i = 0; i < group->works->len;) {
    Work *work = group->works->pdata[i];
    g_autoptr (GError) problem = NULL;

    if (filing->beat != NULL)
      filing->beat (filing->beat_data);
    if (prepare (filing, group->clerk, work, &problem)) {
      i++;
      continue;
    }
    give_back (filing, work->delivery, problem);
    g_ptr_array_remove_index (group->works, i);
  }
  pn_kb_release ();
}

gboolean
pn_filing_round (const PnFiling *filing, guint *taken, GError **error)
{
  g_autoptr (GPtrArray) deliveries = pn_spool_lease (filing->db, filing->owner, LEASED, error);
  g_autoptr (PnBook) book = NULL;
  g_autoptr (PnNotices) notices = NULL;
  PnClerk clerk = { .db = filing->db, .key = filing->key, .agent_replies = filing->agent_replies };
  g_autoptr (GPtrArray) works = g_ptr_array_new_with_free_func ((GDestroyNotify) work_free);
  g_autoptr (GPtrArray) next = g_ptr_array_new_with_free_func ((GDestroyNotify) work_free);
  guint first = 0;

  if (deliveries == NULL)
    return FALSE;
  *taken = deliveries->len;
  if (deliveries->len == 0)
    return TRUE;
  PN_CRASH_POINT ("clerk-leased");
  clerk.book = book = pn_book_load (filing->db, error);
  if (book == NULL)
    return FALSE;
  clerk.notices = notices = pn_notices_new ();
  Group now = { filing, &clerk, works };
  Group then = { filing, &clerk, next };
  for (gather (&now, deliveries, &first); now.works->len > 0;) {
    GPtrArray *done = now.works;

    prepare_group (&now);
    gather (&then, deliveries, &first);
    finish_group (&now);
    now.works = then.works;
    then.works = done;
  }
  return TRUE;
}
