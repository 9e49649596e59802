#include "ticketing/thread.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/reason.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/ticket_merge.h"

#define RELATED_MOST 5
#define OWN_ID_PREFIX "p1."
#define TAG_DIGITS 18

/* What mail programs put before the subject of an answer or a forwarded mail, without the colon. */
static const char *const subject_prefixes[] = {
  "re",  "aw",  "antw", "sv",  "vs",  "vl", "fwd",  "fw",   "wg",   "tr",   "rif",
  "ref", "odp", "ynt",  "res", "enc", "rv", "回复", "答复", "转发", "返信",
};

/* What is searched, and what was found so far. */
typedef struct {
  PnDb *db;
  const PnSecret *key;
  const PnMail *mail;
  const GPtrArray *our_addresses;
  PnTime now;
  PnThread *thread;
} Search;

void
pn_thread_free (PnThread *thread)
{
  if (thread == NULL)
    return;
  g_free (thread->reason);
  g_array_unref (thread->related);
  g_ptr_array_unref (thread->ids);
  g_free (thread);
}

/* Returns: the "+" before a tag of @letter in @address, NULL when it has none. */
static const char *
find_tag (const char *address, char letter)
{
  const char *at = strrchr (address, '@');
  const char *plus = at != NULL ? g_strrstr_len (address, at - address, "+") : NULL;

  if (plus == NULL || g_ascii_tolower (plus[1]) != letter || plus[2] != '.')
    return NULL;
  return plus;
}

char *
pn_thread_address_tag (const char *address, char letter)
{
  const char *plus = find_tag (address, letter);

  return plus != NULL ? g_strndup (plus + 3, strrchr (address, '@') - (plus + 3)) : NULL;
}

char *
pn_thread_tagged_address (const char *address, char letter, const char *token)
{
  const char *at = strrchr (address, '@');

  g_return_val_if_fail (at != NULL, NULL);
  return g_strdup_printf ("%.*s+%c.%s%s", (int) (at - address), address, letter, token, at);
}

gint64
pn_thread_subject_number (const char *subject)
{
  for (const char *tag = strstr (subject, "[#"); tag != NULL; tag = strstr (tag + 2, "[#")) {
    const char *digits = tag + 2;
    const gsize n = strspn (digits, "0123456789");

    if (n > 0 && n <= TAG_DIGITS && digits[n] == ']')
      return g_ascii_strtoll (digits, NULL, 10);
  }
  return 0;
}

/* Returns: the length of "Re:", "Re[2]:", "AW :" at the start of @subject; 0 when there is none. */
static gsize
prefix_length (const char *subject)
{
  for (gsize i = 0; i < G_N_ELEMENTS (subject_prefixes); i++) {
    gsize n = strlen (subject_prefixes[i]);

    if (g_ascii_strncasecmp (subject, subject_prefixes[i], n) != 0)
      continue;
    if (subject[n] == '[' || subject[n] == '(' || subject[n] == '^')
      n += 1 + strspn (subject + n + 1, "0123456789])");
    n += strspn (subject + n, " ");
    if (subject[n] == ':')
      return n + 1;
    if (g_str_has_prefix (subject + n, "：")) /* the wide colon */
      return n + strlen ("：");
  }
  return 0;
}

/* Removes our tags from @subject, wherever they stand. */
static void
drop_tags (GString *subject)
{
  gsize at = 0;

  while (at < subject->len) {
    const char *digits = subject->str + at + 2;
    gsize n;

    if (!g_str_has_prefix (subject->str + at, "[#")) {
      at++;
      continue;
    }
    n = strspn (digits, "0123456789");
    if (n == 0 || digits[n] != ']')
      at += 2;
    else
      g_string_erase (subject, (gssize) at, (gssize) (n + 3));
  }
}

char *
pn_thread_bare_subject (const char *subject)
{
  g_autoptr (GString) text = g_string_new (subject);
  const char *rest;
  gsize n;

  drop_tags (text);
  rest = text->str + strspn (text->str, " ");
  while ((n = prefix_length (rest)) > 0) {
    rest += n;
    rest += strspn (rest, " ");
  }
  return g_strchomp (g_strdup (rest));
}

/* Is @address, without its tag, one of ours? */
static gboolean
is_ours (const Search *search, const char *address)
{
  const char *plus = strchr (address, '+');
  const char *at = strrchr (address, '@');
  g_autofree char *plain = plus != NULL && at != NULL && plus < at
                               ? g_strdup_printf ("%.*s%s", (int) (plus - address), address, at)
                               : g_strdup (address);
  g_autofree char *folded = pn_person_fold (plain);

  for (guint i = 0; i < search->our_addresses->len; i++) {
    if (strcmp (search->our_addresses->pdata[i], folded) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What belongs to a merged ticket goes to the one that it is part of. */
static gboolean
follow_merge (const Search *search, gint64 *ticket_id, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (pn_ticket_target (search->db, *ticket_id, ticket_id, &problem)
      || pn_error_is (problem, PN_ERROR_NOT_FOUND)) /* erased; the caller finds out */
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* @thread's place is @ticket_id, with @evidence. */
static gboolean
propose (Search *search, PnEvidence evidence, gint64 ticket_id, PnReasonCode reason, GError **error)
{
  PnThread *thread = search->thread;

  if (!follow_merge (search, &ticket_id, error)
      || !pn_participant_has (search->db, ticket_id, search->mail->from->address,
                              &thread->is_participant, error))
    return FALSE;
  thread->evidence = evidence;
  thread->ticket_id = ticket_id;
  g_free (thread->reason);
  thread->reason = pn_reason_make (reason, "{s:I}", "ticket", (json_int_t) ticket_id);
  return TRUE;
}

static gboolean
look_at_address (Search *search, const char *address, GError **error)
{
  g_autofree char *tag = pn_thread_address_tag (address, 't');
  g_autofree char *agent_tag = pn_thread_address_tag (address, PN_THREAD_AGENT_TAG);
  gint64 ticket_id;

  /* one that is good was taken before it came here */
  if (agent_tag != NULL)
    search->thread->has_bad_token |= is_ours (search, address);

  if (tag == NULL || search->thread->ticket_id != 0)
    return TRUE;
  if (!pn_token_read (search->key, PN_TOKEN_REPLY, tag, search->now, &ticket_id)) {
    search->thread->has_bad_token |= is_ours (search, address);
    return TRUE;
  }
  search->thread->has_token = TRUE;
  return propose (search, PN_EVIDENCE_TOKEN, ticket_id, PN_WHY_THREAD_TOKEN, error);
}

static gboolean
look_at_recipients (Search *search, GError **error)
{
  const GPtrArray *lists[] = { search->mail->to, search->mail->cc };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    for (guint j = 0; j < lists[i]->len; j++) {
      const PnAddress *recipient = lists[i]->pdata[j];

      if (!look_at_address (search, recipient->address, error))
        return FALSE;
    }
  }
  for (guint i = 0; i < search->mail->delivered_to->len; i++) {
    if (!look_at_address (search, search->mail->delivered_to->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static void
collect_id (GPtrArray *ids, const PnMail *mail, char *id)
{
  if (ids->len < PN_MESSAGE_IDS_MOST && g_strcmp0 (id, mail->message_id) != 0
      && !g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
    g_ptr_array_add (ids, id);
}

/* Returns: (owned) of char * borrowed from @mail: the ids it answers to, the nearest first, each once. */
static GPtrArray *
collect_ids (const PnMail *mail)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < mail->in_reply_to->len; i++)
    collect_id (ids, mail, mail->in_reply_to->pdata[i]);
  for (guint i = mail->references->len; i > 0; i--)
    collect_id (ids, mail, mail->references->pdata[i - 1]);
  return ids;
}

/* @letter_id: of the outbox row that has this Message-ID of ours; 0 when it is none of ours. */
static void
read_own_id (Search *search, const char *mid, gint64 *letter_id)
{
  const char *at = strchr (mid, '@');
  g_autofree char *token = NULL;

  *letter_id = 0;
  if (at == NULL || g_ascii_strncasecmp (mid, OWN_ID_PREFIX, strlen (OWN_ID_PREFIX)) != 0)
    return;
  token = g_strndup (mid + strlen (OWN_ID_PREFIX), at - mid - strlen (OWN_ID_PREFIX));
  if (!pn_token_read (search->key, PN_TOKEN_MESSAGE_ID, token, search->now, letter_id)
      && strlen (token) == PN_TOKEN_CHARACTERS)
    search->thread->has_bad_token = TRUE;
}

static gboolean
look_at_own_id (Search *search, const char *mid, GError **error)
{
  g_autoptr (PnLetterRow) letter = NULL;
  g_autoptr (GError) problem = NULL;
  gint64 letter_id;

  read_own_id (search, mid, &letter_id);
  if (letter_id == 0)
    return TRUE;
  letter = pn_outbox_load (search->db, letter_id, &problem);
  if (letter == NULL && pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  if (letter == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return letter->ticket_id == 0
         || propose (search, PN_EVIDENCE_OWN_ID, letter->ticket_id, PN_WHY_THREAD_OWN_ID, error);
}

/* A ticket that the mail names: a place for who takes part, a link for everybody else. */
static gboolean
look_at_named (Search *search, PnEvidence evidence, gint64 ticket_id, PnReasonCode reason,
               GError **error)
{
  PnThread *thread = search->thread;
  gboolean is_participant;

  if (!follow_merge (search, &ticket_id, error)
      || !pn_participant_has (search->db, ticket_id, search->mail->from->address, &is_participant,
                              error))
    return FALSE;
  if (is_participant)
    return propose (search, evidence, ticket_id, reason, error);
  if (thread->linked_id == 0) {
    thread->linked_id = ticket_id;
    thread->evidence = evidence;
    g_free (thread->reason);
    thread->reason =
        pn_reason_make (reason, "{s:I, s:b}", "ticket", (json_int_t) ticket_id, "is_outside", TRUE);
  }
  return TRUE;
}

static gboolean
look_at_ticket (Search *search, gint64 ticket_id, PnReasonCode reason, GError **error)
{
  PnThread *thread = search->thread;

  if (!pn_ids_have (thread->related, ticket_id) && thread->related->len < RELATED_MOST)
    g_array_append_val (thread->related, ticket_id);
  return thread->ticket_id != 0
         || look_at_named (search, PN_EVIDENCE_KNOWN_ID, ticket_id, reason, error);
}

/* Tickets with a mail that this one names. */
static gboolean
look_at_known_ids (Search *search, const GPtrArray *ids, GError **error)
{
  gint64 ticket_ids[PN_MESSAGE_IDS_MOST];

  if (!pn_message_find_mids (search->db, ids, ticket_ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    if (ticket_ids[i] == 0)
      g_ptr_array_add (search->thread->ids, ids->pdata[i]);
    else if (!look_at_ticket (search, ticket_ids[i], PN_WHY_THREAD_KNOWN_ID, error))
      return FALSE;
  }
  return TRUE;
}

/* Tickets with a mail that names this one, or one that this one names. */
static gboolean
look_at_answers (Search *search, GPtrArray *ids, GError **error)
{
  g_autoptr (GArray) ticket_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) wanted = g_ptr_array_copy (ids, NULL, NULL);

  if (search->mail->message_id != NULL)
    g_ptr_array_insert (wanted, 0, search->mail->message_id);
  if (!pn_message_find_answers (search->db, wanted, ticket_ids, error))
    return FALSE;
  for (guint i = 0; i < ticket_ids->len; i++) {
    if (!look_at_ticket (search, g_array_index (ticket_ids, gint64, i), PN_WHY_THREAD_ANSWERED,
                         error))
      return FALSE;
  }
  return TRUE;
}

/* Where the mail finds no place, everything that it names is kept: who writes again about the same finds it there. */
static gboolean
look_at_ids (Search *search, GError **error)
{
  g_autoptr (GPtrArray) ids = collect_ids (search->mail);

  if (!look_at_known_ids (search, ids, error) || !look_at_answers (search, ids, error))
    return FALSE;
  if (search->thread->ticket_id == 0) {
    g_ptr_array_set_size (search->thread->ids, 0);
    g_ptr_array_extend (search->thread->ids, ids, NULL, NULL);
  }
  return TRUE;
}

static gboolean
look_at_subject (Search *search, GError **error)
{
  const gint64 number = pn_thread_subject_number (search->mail->subject);
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GError) problem = NULL;

  if (number == 0)
    return TRUE;
  ticket = pn_ticket_load (search->db, number, &problem);
  if (ticket != NULL)
    return look_at_named (search, PN_EVIDENCE_TAG, number, PN_WHY_THREAD_SUBJECT, error);
  if (pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
look_at_own_ids (Search *search, GError **error)
{
  g_autoptr (GPtrArray) ids = collect_ids (search->mail);

  for (guint i = 0; i < ids->len && search->thread->ticket_id == 0; i++) {
    if (!look_at_own_id (search, ids->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

PnThread *
pn_thread_find (PnDb *db, const PnSecret *key, const PnMail *mail, const GPtrArray *our_addresses,
                GError **error)
{
  g_autoptr (PnThread) thread = g_new0 (PnThread, 1);
  Search search = { db, key, mail, our_addresses, pn_clock_now (), thread };

  thread->related = g_array_new (FALSE, FALSE, sizeof (gint64));
  thread->ids = g_ptr_array_new ();
  if (!look_at_recipients (&search, error))
    return NULL;
  if (thread->ticket_id == 0 && !look_at_own_ids (&search, error))
    return NULL;
  if (thread->ticket_id == 0 && !look_at_ids (&search, error))
    return NULL;
  if (thread->ticket_id == 0 && !look_at_subject (&search, error))
    return NULL;
  if (thread->reason == NULL)
    thread->reason = g_strdup (pn_reason (PN_WHY_THREAD_NONE));
  if (thread->ticket_id != 0)
    thread->linked_id = 0;
  return g_steal_pointer (&thread);
}
