#include "gateway/clerk/intake_private.h"

#include <string.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/form.h"
#include "ticketing/message.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/search.h"

#define PREVIEW_BYTES 300
#define SUBJECT_FROM_TEXT_BYTES 80
#define CC_MAX 20

static PnActor
person_actor (const PnIntake *intake)
{
  return (PnActor){ PN_ACTOR_PERSON, intake->person_id };
}

static char *
make_preview (const PnMail *mail)
{
  const char *text = mail->reply != NULL && *mail->reply != '\0' ? mail->reply : mail->text;

  return pn_text_clean_line (text, PREVIEW_BYTES);
}

static char *
make_subject (const PnMail *mail)
{
  g_autofree char *bare = pn_thread_bare_subject (mail->subject);
  char *words;

  if (*bare != '\0')
    return g_steal_pointer (&bare);
  words = pn_text_clean_line (mail->text, SUBJECT_FROM_TEXT_BYTES);
  if (*words != '\0')
    return words;
  g_free (words);
  return g_strdup ("(no subject)");
}

/* With its first message in mind, which follows. */
static gboolean
open_ticket (PnIntake *intake, GError **error)
{
  PnTicket *ticket = g_new0 (PnTicket, 1);
  g_autofree char *reason = NULL;

  intake->ticket = ticket;
  intake->is_new = TRUE;
  ticket->queue_id = intake->delivery->queue_id;
  ticket->priority = PN_PRIORITY_NORMAL;
  ticket->person_id = intake->person_id;
  ticket->mailbox_id = intake->delivery->mailbox_id;
  ticket->subject = make_subject (intake->mail);
  ticket->preview = make_preview (intake->mail);
  ticket->language = g_strdup (intake->mail->language);
  ticket->message_count = 1;
  ticket->customer_at = pn_intake_is_quiet (intake) ? 0 : pn_clock_now ();
  reason = pn_json_write (json_array_get (intake->reasons, 0));
  return pn_ticket_open (intake->clerk->db, ticket, person_actor (intake), reason, error);
}

/* To the tickets of the other mails that it names, too. */
static gboolean
link_ticket (const PnIntake *intake, GError **error)
{
  const PnThread *thread = intake->thread;

  if (intake->is_new && intake->linked_id != 0
      && !pn_ticket_link (intake->clerk->db, intake->ticket->id, intake->linked_id, thread->reason,
                          PN_ACTOR_IS_SYSTEM, error))
    return FALSE;
  for (guint i = 0; i < thread->related->len; i++) {
    const gint64 other_id = g_array_index (thread->related, gint64, i);

    if (other_id != intake->ticket->id && other_id != intake->linked_id
        && !pn_ticket_link (intake->clerk->db, intake->ticket->id, other_id,
                            pn_reason (PN_WHY_PLACE_RELATED), PN_ACTOR_IS_SYSTEM, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
may_join (const PnIntake *intake, const char *address)
{
  g_autofree char *usable = pn_text_read_address (address, NULL);

  return usable != NULL && !pn_book_owns (intake->clerk->book, address)
         && g_ascii_strcasecmp (address, intake->mail->from->address) != 0;
}

/* Whom a sender that is vouched for writes to as well gets the answers too. */
static gboolean
add_copies (const PnIntake *intake, GError **error)
{
  const GPtrArray *lists[] = { intake->mail->to, intake->mail->cc };
  guint added = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    for (guint j = 0; j < lists[i]->len && added < CC_MAX; j++) {
      const PnAddress *copy = lists[i]->pdata[j];

      if (!may_join (intake, copy->address))
        continue;
      added++;
      if (!pn_participant_add (intake->clerk->db, intake->ticket->id, copy->address, copy->name,
                               PN_PARTICIPANT_CC, pn_reason (PN_WHY_PART_COPIED), error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
add_people (const PnIntake *intake, GError **error)
{
  PnDb *db = intake->clerk->db;
  const PnMail *mail = intake->mail;
  const char *why = pn_reason (intake->is_new ? PN_WHY_PART_FIRST : PN_WHY_PART_KNOCKED);

  if (strcmp (intake->sender, PN_INTAKE_NOBODY) == 0 || intake->is_variant)
    return TRUE;
  if ((intake->is_new || intake->is_stranger)
      && !pn_participant_add (
          db, intake->ticket->id, intake->sender, mail->from->name,
          intake->is_stranger ? PN_PARTICIPANT_STRANGER : PN_PARTICIPANT_REQUESTER, why, error))
    return FALSE;
  if (intake->is_stranger)
    return pn_event_add (db, intake->ticket->id, PN_EVENT_SECURITY, person_actor (intake), NULL,
                         "stranger", pn_reason (PN_WHY_SENDER_NEW), error);
  return mail->sender_verdict != PN_VERDICT_PASS || add_copies (intake, error);
}

static json_t *
write_addresses (const GPtrArray *addresses)
{
  json_t *list = json_array ();

  for (guint i = 0; i < addresses->len; i++) {
    const PnAddress *address = addresses->pdata[i];

    json_array_append_new (
        list, json_pack ("{s:s, s:s}", "name", address->name, "address", address->address));
  }
  return list;
}

static json_t *
write_texts (const GPtrArray *texts)
{
  json_t *list = json_array ();

  for (guint i = 0; i < texts->len; i++)
    json_array_append_new (list, json_string (texts->pdata[i]));
  return list;
}

static json_t *
write_envelope (const PnMail *mail)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "to", write_addresses (mail->to),
                    "cc", write_addresses (mail->cc), "reply_to", write_addresses (mail->reply_to),
                    "references", write_texts (mail->references), "in_reply_to",
                    write_texts (mail->in_reply_to), "defects", write_texts (mail->defects),
                    "auto_reasons", write_texts (mail->auto_reasons), "return_path",
                    pn_json_text (mail->return_path));
}

void
pn_intake_store_attachments (PnIntake *intake, GPtrArray *list)
{
  for (guint i = 0; i < intake->mail->attachments->len; i++) {
    const PnAttachment *from = intake->mail->attachments->pdata[i];
    g_autoptr (PnStoredAttachment) attachment = pn_stored_attachment_new ();

    if (from->sha256 == NULL || !pn_hex_read (from->sha256, attachment->sha, PN_SHA256_BYTES)) {
      pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_ATTACHMENT));
      continue;
    }
    attachment->name = g_strdup (from->name);
    attachment->type = g_strdup (from->type);
    attachment->declared_type = g_strdup (from->declared_type);
    attachment->size_bytes = from->size_bytes;
    attachment->content_id = g_strdup (from->content_id);
    attachment->is_inline = from->is_inline;
    g_ptr_array_add (list, g_steal_pointer (&attachment));
  }
}

static gboolean
add_message (PnIntake *intake, GError **error)
{
  const PnMail *mail = intake->mail;
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = intake->ticket->id;
  message->direction = PN_DIRECTION_IN;
  message->kind = mail->kind;
  message->channel = intake->delivery->channel;
  message->has_ingest_key = TRUE;
  memcpy (message->ingest_key, intake->key, sizeof message->ingest_key);
  message->mid = g_strdup (mail->message_id);
  message->person_id = intake->person_id;
  message->from_name = g_strdup (mail->from->name);
  message->from_address = g_strdup (mail->from->address);
  message->verdict = mail->sender_verdict;
  message->is_stranger = intake->is_stranger;
  message->subject = g_strdup (mail->subject);
  message->text = g_strdup (mail->text);
  message->reply = g_strcmp0 (mail->reply, mail->text) != 0 ? g_strdup (mail->reply) : NULL;
  message->html = g_strdup (mail->html);
  message->envelope = write_envelope (mail);
  pn_intake_store_attachments (intake, message->attachments);
  message->reasons = json_incref (intake->reasons);
  message->has_raw = intake->delivery->format == PN_FORMAT_RFC822;
  memcpy (message->raw_sha, intake->delivery->raw_sha, sizeof message->raw_sha);
  message->sent_at = mail->date;
  if (!pn_message_add (intake->clerk->db, message, error))
    return FALSE;
  intake->message_id = message->id;
  return pn_form_answer_add (intake->clerk->db, message->id, intake->ticket->id, mail->form, error)
         && pn_search_note (intake->clerk->db, intake->ticket->id, message->id, error);
}

static gboolean
touch_ticket (const PnIntake *intake, GError **error)
{
  g_autofree char *preview = NULL;

  if (!intake->is_new) {
    preview = make_preview (intake->mail);
    if (!pn_ticket_touch (intake->clerk->db, intake->ticket->id,
                          pn_intake_is_quiet (intake) ? PN_TOUCH_MACHINE : PN_TOUCH_CUSTOMER,
                          preview, person_actor (intake), NULL, error))
      return FALSE;
  }
  return intake->loop == NULL
         || pn_ticket_set_looping (intake->clerk->db, intake->ticket->id, intake->loop, error);
}

static gboolean
find_person (PnIntake *intake, GError **error)
{
  const gboolean is_vouched_for = intake->mail->sender_verdict == PN_VERDICT_PASS
                                  && !intake->is_variant && !intake->is_stranger
                                  && strcmp (intake->sender, PN_INTAKE_NOBODY) != 0;

  return pn_person_for_sender (intake->clerk->db, intake->sender, intake->mail->from->name,
                               is_vouched_for, &intake->person_id, error);
}

gboolean
pn_intake_write (PnIntake *intake, GError **error)
{
  if (!find_person (intake, error))
    return FALSE;
  if (intake->ticket == NULL && !open_ticket (intake, error))
    return FALSE;
  PN_CRASH_POINT ("clerk-ticket-inserted");
  if (!link_ticket (intake, error) || !add_people (intake, error) || !add_message (intake, error)
      || !pn_message_add_refs (intake->clerk->db, intake->message_id, intake->thread->ids, error))
    return FALSE;
  PN_CRASH_POINT ("clerk-message-inserted");
  return touch_ticket (intake, error);
}
