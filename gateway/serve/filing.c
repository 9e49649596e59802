#include "gateway/serve/filing.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/clerk/intake.h"
#include "gateway/mail/language.h"
#include "gateway/mail/mime_read.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define LEASED 50
#define GROUP 25                       /* mails in one transaction */
#define GROUP_BYTES (16 * 1024 * 1024) /* of raw mail in memory at a time */
#define PARSER_DEATHS 2                /* after which a mail is filed as unparsed */
#define ATTEMPTS 6 /* held against a mail, after which it is so whatever the reason */
#define FIRST_PAUSE (10 * PN_SECOND) /* of a mail that can't be filed now */
#define LONGEST_PAUSE (30 * PN_MINUTE)

/* One delivery on its way. */
typedef struct {
  const PnDelivery *delivery;
  PnMail *mail;
  guint8 record_sha[PN_SHA256_BYTES];
  PnIntakeItem item;
  PnFiled filed;
  GError *problem; /* why it is not filed yet */
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
  g_clear_pointer (&work->mail, pn_mail_free);
  pn_filed_clear (&work->filed);
  g_clear_error (&work->problem);
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

/* Who dies of a mail twice is not asked a third time. */
static PnMail *
parse (const PnFiling *filing, const PnClerk *clerk, const PnDelivery *delivery, GBytes *raw,
       GError **error)
{
  const PnMailbox *mailbox = pn_book_mailbox (clerk->book, delivery->mailbox_id);
  const char *authserv_ids = mailbox != NULL ? mailbox->authserv_id : NULL;
  g_autoptr (GError) problem = NULL;
  gboolean has_died = FALSE;
  PnMail *mail;

  if (delivery->attempts >= ATTEMPTS)
    return pn_mime_read_unparsed (raw);
  mail = filing->parse (filing->parse_data, raw, authserv_ids, &has_died, &problem);
  if (mail != NULL)
    return mail;
  pn_log_error (PN_LOG_WARNING, "parse-failed", problem, "spool=%" G_GINT64_FORMAT " attempt=%d",
                delivery->id, delivery->attempts + 1);
  if (has_died && delivery->attempts + 1 >= PARSER_DEATHS)
    return pn_mime_read_unparsed (raw);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static PnMail *
read_mail (const PnFiling *filing, const PnClerk *clerk, const PnDelivery *delivery, GError **error)
{
  g_autoptr (GBytes) raw =
      pn_blob_load (filing->db, delivery->raw_sha, PN_SPOOL_LIMIT_BYTES, error);
  g_autoptr (GError) problem = NULL;
  PnMail *mail;

  if (raw == NULL)
    return NULL;
  if (delivery->format == PN_FORMAT_RFC822)
    return parse (filing, clerk, delivery, raw, error);
  mail = read_json (raw, &problem);
  if (mail != NULL)
    return mail;
  pn_log_error (PN_LOG_ERROR, "record-unreadable", problem, "spool=%" G_GINT64_FORMAT,
                delivery->id);
  return pn_mime_read_unparsed (raw);
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
  work->mail = read_mail (filing, clerk, work->delivery, error);
  if (work->mail == NULL)
    return FALSE;
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
  return work->item.screening.state == PN_SPOOL_WAITING || store_record (filing->db, work, error);
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

/* What fails for a mail of its own does not end the transaction; what fails for all does. */
static gboolean
file_group (PnDb *db, gpointer data, GError **error)
{
  Group *group = data;

  PN_CRASH_POINT ("clerk-tx-begin");
  for (guint i = 0; i < group->works->len; i++) {
    Filing filing = { group->clerk, group->works->pdata[i] };

    g_clear_error (&filing.work->problem);
    if (pn_db_try (db, file_one, &filing, &filing.work->problem))
      continue;
    if (pn_error_is (filing.work->problem, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_error_copy (filing.work->problem));
      return FALSE;
    }
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
  const int doublings = CLAMP (delivery->attempts, 0, 10);
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

/* A mail that failed among others is tried alone, in a transaction that sees what others did meanwhile. */
static void
file_alone (Group *group, Work *work)
{
  Filing filing = { group->clerk, work };

  if (is_finished (group->filing, work->delivery, work->problem))
    return;
  g_clear_error (&work->problem);
  if (pn_db_run (group->filing->db, file_one, &filing, &work->problem))
    log_filed (work);
  else if (!is_finished (group->filing, work->delivery, work->problem))
    give_back (group->filing, work->delivery, work->problem);
}

static void
finish_group (Group *group)
{
  g_autoptr (GError) error = NULL;
  const gboolean is_committed =
      group->works->len > 0 && pn_db_run (group->filing->db, file_group, group, &error);

  PN_CRASH_POINT ("clerk-after-commit");
  for (guint i = 0; i < group->works->len; i++) {
    Work *work = group->works->pdata[i];

    if (is_committed && work->problem == NULL)
      log_filed (work);
    else
      file_alone (group, work);
  }
  g_ptr_array_set_size (group->works, 0);
}

typedef struct {
  GPtrArray *deliveries;
  guint first;
  guint end;
} Range;

/* Committed before any parser starts: who dies of a mail finds out how often that happened. */
static gboolean
count_attempts (PnDb *db, gpointer data, GError **error)
{
  const Range *range = data;

  for (guint i = range->first; i < range->end; i++) {
    PnDelivery *delivery = range->deliveries->pdata[i];
    int attempts;

    if (!pn_spool_count_attempt (db, delivery->id, &attempts, error))
      return FALSE;
    delivery->attempts = attempts - 1;
  }
  return TRUE;
}

/* Returns: where a group that starts at @first ends: by number, by size. */
static guint
group_end (const GPtrArray *deliveries, guint first)
{
  gint64 size_bytes = 0;
  guint end = first;

  while (end < deliveries->len && end - first < GROUP) {
    const PnDelivery *delivery = deliveries->pdata[end];

    size_bytes += delivery->size_bytes;
    if (end > first && size_bytes > GROUP_BYTES)
      break;
    end++;
  }
  return end;
}

static gboolean
file_range (Group *group, Range *range, GError **error)
{
  const PnFiling *filing = group->filing;

  if (!pn_db_run (filing->db, count_attempts, range, error))
    return FALSE;
  for (guint i = range->first; i < range->end; i++) {
    Work *work = g_new0 (Work, 1);
    g_autoptr (GError) problem = NULL;

    if (filing->beat != NULL)
      filing->beat (filing->beat_data);
    work->delivery = range->deliveries->pdata[i];
    work->started_at = g_get_monotonic_time ();
    if (prepare (filing, group->clerk, work, &problem)) {
      g_ptr_array_add (group->works, work);
    } else {
      give_back (filing, work->delivery, problem);
      work_free (work);
    }
  }
  finish_group (group);
  return TRUE;
}

gboolean
pn_filing_round (const PnFiling *filing, guint *taken, GError **error)
{
  g_autoptr (GPtrArray) deliveries = pn_spool_lease (filing->db, filing->owner, LEASED, error);
  g_autoptr (GPtrArray) works = g_ptr_array_new_with_free_func ((GDestroyNotify) work_free);
  g_autoptr (PnBook) book = NULL;
  g_autoptr (PnNotices) notices = NULL;
  PnClerk clerk = { .db = filing->db, .key = filing->key };
  Group group = { filing, &clerk, works };
  Range range = { .deliveries = deliveries };

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
  for (range.first = 0; range.first < deliveries->len; range.first = range.end) {
    range.end = group_end (deliveries, range.first);
    if (!file_range (&group, &range, error))
      return FALSE;
  }
  return TRUE;
}
