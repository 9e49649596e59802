#include "gateway/clerk/answer.h"

#include "gateway/mail/address.h"
#include "gateway/mail/auto.h"
#include "gateway/mail/sender.h"
#include "kb/given.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"

/* Returns: why this mail is never answered, whoever sent it; NULL: it may be. */
static const char *
mail_refusal (const PnClerk *clerk, const PnMail *mail)
{
  const char *from = mail->from->address;
  g_autofree char *usable = pn_text_read_address (from, NULL);

  if (usable == NULL)
    return pn_reason (PN_WHY_SILENT_NO_SENDER);
  if (mail->kind != PN_MAIL_MESSAGE)
    return pn_reason (PN_WHY_SILENT_NO_PERSON);
  if (mail->auto_reasons->len > 0)
    return pn_reason (PN_WHY_SILENT_MACHINE);
  if (mail->return_path != NULL && *mail->return_path == '\0')
    return pn_reason (PN_WHY_SILENT_EMPTY_PATH);
  if (pn_auto_is_robot_address (from))
    return pn_reason (PN_WHY_SILENT_ROBOT);
  if (pn_book_owns (clerk->book, from))
    return pn_reason (PN_WHY_SILENT_OWN_ADDRESS);
  if (mail->sender_verdict != PN_VERDICT_PASS && mail->return_path != NULL
      && !pn_sender_is_aligned (pn_address_domain (mail->return_path), pn_address_domain (from)))
    return pn_reason (PN_WHY_SILENT_OTHER_DOMAIN);
  return NULL;
}

/* Returns: why this queue does not answer; NULL: it does. */
static const char *
queue_refusal (const PnClerk *clerk, const PnAnswerCase *answer_case)
{
  const PnQueue *queue = pn_book_queue (clerk->book, answer_case->ticket->queue_id);

  if (queue == NULL || !queue->acknowledges)
    return pn_reason (PN_WHY_SILENT_QUEUE);
  if (pn_book_sender (clerk->book, queue->id, answer_case->mailbox_id) == NULL)
    return pn_reason (PN_WHY_SILENT_NO_MAILBOX);
  return NULL;
}

#define AWAY_WINDOW (7 * PN_DAY)

typedef struct {
  char *key;
  gint64 limit;
  const char *refusal;
} Limit;

#define LIMITS 3

/* The limits of the address in From, in the order in which they are looked at. */
static void
make_limits (gint64 queue_id, const PnMail *mail, gboolean is_verified, Limit limits[LIMITS])
{
  g_autofree char *address = pn_person_fold (mail->from->address);

  limits[0] = (Limit){ g_strdup_printf ("ack:%" G_GINT64_FORMAT ":%s", queue_id, address), 1,
                       pn_reason (PN_WHY_SILENT_RECENT) };
  limits[1] = (Limit){ is_verified ? NULL : g_strconcat ("unverified:", address, NULL), 1,
                       pn_reason (PN_WHY_SILENT_UNVERIFIED) };
  limits[2] = (Limit){ g_strconcat ("automatic:", address, NULL), PN_ANSWER_DAILY_MAX,
                       pn_reason (PN_WHY_SILENT_DAILY) };
}

static void
clear_limits (Limit limits[LIMITS])
{
  for (gsize i = 0; i < LIMITS; i++)
    g_free (limits[i].key);
}

void
pn_answer_add_keys (gint64 queue_id, const PnMail *mail, GPtrArray *keys)
{
  Limit limits[LIMITS];
  guint8 hash[PN_SHA256_BYTES];

  make_limits (queue_id, mail, mail->sender_verdict == PN_VERDICT_PASS, limits);
  for (gsize i = 0; i < LIMITS; i++) {
    if (limits[i].key == NULL)
      continue;
    pn_rate_key (limits[i].key, PN_DAY, hash);
    g_ptr_array_add (keys, g_bytes_new (hash, sizeof hash));
  }
  clear_limits (limits);
}

/* Counts against one limit; @refusal is set when it is reached. */
static gboolean
hit (const PnClerk *clerk, const Limit *limit, const char **refusal, GError **error)
{
  gboolean is_allowed;

  if (limit->key == NULL || *refusal != NULL)
    return TRUE;
  if (!pn_rate_hit (clerk->db, limit->key, PN_DAY, limit->limit, &is_allowed, error))
    return FALSE;
  if (!is_allowed)
    *refusal = limit->refusal;
  return TRUE;
}

/* Sets @refusal when the address has had its share of today, or is suspended. */
static gboolean
check_address (const PnClerk *clerk, const PnAnswerCase *answer_case, const char **refusal,
               GError **error)
{
  const PnMail *mail = answer_case->mail;
  gboolean is_suspended;
  gboolean is_done = TRUE;
  Limit limits[LIMITS];

  if (!pn_person_is_suspended (clerk->db, mail->from->address, &is_suspended, error))
    return FALSE;
  if (is_suspended)
    *refusal = pn_reason (PN_WHY_SILENT_SUSPENDED);
  make_limits (answer_case->ticket->queue_id, mail,
               mail->sender_verdict == PN_VERDICT_PASS || answer_case->has_token, limits);
  for (gsize i = 0; is_done && i < LIMITS; i++)
    is_done = hit (clerk, &limits[i], refusal, error);
  clear_limits (limits);
  return is_done;
}

/* What goes out, as far as it is decided. */
typedef struct {
  const char *refusal;
  gboolean is_answer;   /* the first article itself */
  const char *notice;   /* that nobody is there; NULL */
  const char *obstacle; /* why an answer became titles; NULL */
} Decision;

static gboolean
is_trusted (const PnAnswerCase *answer_case)
{
  return answer_case->mail->sender_verdict == PN_VERDICT_PASS || answer_case->has_token;
}

/* May the article itself go out, beyond what the draft knows? */
static gboolean
check_article (const PnClerk *clerk, const PnAnswerCase *answer_case, Decision *decision,
               GError **error)
{
  const PnDraft *draft = answer_case->draft;
  const PnTicket *ticket = answer_case->ticket;
  const PnKbHit *first;
  gboolean was_given;

  if (draft == NULL || !draft->is_answer)
    return TRUE;
  if (!is_trusted (answer_case)) {
    decision->obstacle = pn_reason (PN_WHY_BECAUSE_UNVERIFIED);
    return TRUE;
  }
  first = draft->hits->pdata[0];
  if (!pn_given_was (clerk->db, ticket->id, ticket->person_id, first->id, &was_given, error))
    return FALSE;
  decision->is_answer = !was_given;
  if (was_given)
    decision->obstacle = pn_reason (PN_WHY_BECAUSE_GIVEN);
  return TRUE;
}

/* The text for holidays goes before the one for the night; both once in seven days. */
static gboolean
check_notice (const PnClerk *clerk, const PnAnswerCase *answer_case, Decision *decision,
              GError **error)
{
  const PnAnswering *answering = pn_book_answering (clerk->book, answer_case->ticket->queue_id);
  const char *text = "";
  g_autofree char *address = NULL;
  g_autofree char *key = NULL;
  gboolean is_allowed;

  if (pn_answering_is_away (answering, pn_clock_now ()))
    text = answering->away_text;
  else if (answer_case->draft != NULL && !answer_case->draft->is_open)
    text = answering->closed_text;
  if (*text == '\0')
    return TRUE;
  address = pn_person_fold (answer_case->mail->from->address);
  key = g_strdup_printf ("away:%" G_GINT64_FORMAT ":%s", answering->queue_id, address);
  if (!pn_rate_hit (clerk->db, key, AWAY_WINDOW, 1, &is_allowed, error))
    return FALSE;
  if (is_allowed)
    decision->notice = text;
  return TRUE;
}

/* Returns: (owned) what the letter needs beside what compose knows (templates/mail/README). Addresses of articles are
 * paths; compose makes them whole. */
static json_t *
write_document (const PnAnswerCase *answer_case, const Decision *decision)
{
  json_t *document = json_object ();
  json_t *titles = json_array ();
  const GPtrArray *hits = answer_case->draft != NULL ? answer_case->draft->hits : NULL;

  for (guint i = 0; hits != NULL && i < hits->len; i++) {
    const PnKbHit *hit = hits->pdata[i];
    g_autofree char *path = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, hit->id);

    json_array_append_new (
        titles, json_pack ("{s:o, s:s}", "title", pn_json_text (hit->title), "path", path));
    if (decision->is_answer && i == 0)
      pn_json_set (document, "article_id", json_integer (hit->id));
  }
  pn_json_set (document, "titles", titles);
  pn_json_set (document, "notice",
               decision->notice != NULL ? pn_json_text (decision->notice) : json_null ());
  return document;
}

static gboolean
order (const PnClerk *clerk, const PnAnswerCase *answer_case, const Decision *decision,
       GError **error)
{
  const PnMail *mail = answer_case->mail;
  const PnMailbox *mailbox =
      pn_book_sender (clerk->book, answer_case->ticket->queue_id, answer_case->mailbox_id);
  const gboolean is_verified = is_trusted (answer_case);
  g_autofree char *recipient = pn_text_read_address (mail->from->address, error);
  g_autofree char *key = g_strdup_printf ("message:%" G_GINT64_FORMAT, answer_case->message_id);
  g_autoptr (json_t) document = write_document (answer_case, decision);
  const PnLetterOrder letter = {
    .class = PN_CLASS_AUTOMATIC,
    .letter = decision->is_answer ? "answer"
              : is_verified       ? "ack"
                                  : "ack-unverified",
    .ticket_id = answer_case->ticket->id,
    .message_id = answer_case->message_id,
    .mailbox_id = mailbox->id,
    .recipient = recipient,
    .recipient_name = is_verified ? mail->from->name : NULL,
    .document = document,
    .reason_key = key,
  };

  return recipient != NULL && pn_outbox_add (clerk->db, &letter, NULL, error);
}

/* Remembers what went out, for the links in the letter and for what comes of it. */
static gboolean
remember (const PnClerk *clerk, const PnAnswerCase *answer_case, const Decision *decision,
          GError **error)
{
  const GPtrArray *hits = answer_case->draft != NULL ? answer_case->draft->hits : NULL;
  const guint n = hits == NULL ? 0 : decision->is_answer ? 1 : hits->len;

  for (guint i = 0; i < n; i++) {
    const PnKbHit *hit = hits->pdata[i];
    const PnGiven given = { .message_id = answer_case->message_id,
                            .ticket_id = answer_case->ticket->id,
                            .person_id = answer_case->ticket->person_id,
                            .article_id = hit->id,
                            .is_answer = decision->is_answer,
                            .confidence = hit->confidence };

    if (!pn_given_add (clerk->db, &given, error))
      return FALSE;
  }
  return TRUE;
}

/* Returns: (owned) the reason for the event. */
static char *
write_reason (const PnAnswerCase *answer_case, const Decision *decision)
{
  const PnDraft *draft = answer_case->draft;
  const char *because = decision->obstacle;

  if (decision->refusal != NULL)
    return g_strdup (decision->refusal);
  if (decision->is_answer || draft == NULL)
    return g_strdup (draft != NULL ? draft->because : pn_reason (PN_WHY_ANSWER_ACKNOWLEDGED));
  if (because == NULL)
    because = draft->because;
  if (draft->hits->len == 0)
    return pn_reason_make (PN_WHY_ANSWER_NO_ARTICLE, "{s:o}", "because", pn_reason_read (because));
  return pn_reason_make (PN_WHY_ANSWER_TITLES, "{s:i, s:o, s:o}", "count", (int) draft->hits->len,
                         "title", pn_json_text (((const PnKbHit *) draft->hits->pdata[0])->title),
                         "because", pn_reason_read (because));
}

static gboolean
decide (const PnClerk *clerk, const PnAnswerCase *answer_case, Decision *decision, GError **error)
{
  *decision = (Decision){ .refusal = answer_case->refusal };
  if (decision->refusal == NULL)
    decision->refusal = mail_refusal (clerk, answer_case->mail);
  if (decision->refusal == NULL)
    decision->refusal = queue_refusal (clerk, answer_case);
  if (decision->refusal == NULL && !check_address (clerk, answer_case, &decision->refusal, error))
    return FALSE;
  return decision->refusal != NULL
         || (check_article (clerk, answer_case, decision, error)
             && check_notice (clerk, answer_case, decision, error));
}

gboolean
pn_answer_acknowledge (const PnClerk *clerk, const PnAnswerCase *answer_case, gboolean *is_ordered,
                       GError **error)
{
  Decision decision;
  g_autofree char *reason = NULL;

  if (!decide (clerk, answer_case, &decision, error))
    return FALSE;
  if (decision.refusal == NULL
      && (!order (clerk, answer_case, &decision, error)
          || !remember (clerk, answer_case, &decision, error)))
    return FALSE;
  if (is_ordered != NULL)
    *is_ordered = decision.refusal == NULL;
  reason = write_reason (answer_case, &decision);
  return pn_event_add (clerk->db, answer_case->ticket->id, PN_EVENT_ANSWER, PN_ACTOR_IS_SYSTEM,
                       NULL,
                       decision.refusal != NULL ? "none"
                       : decision.is_answer     ? "answer"
                                                : "acknowledgement",
                       reason, error);
}
