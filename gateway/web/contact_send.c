#include "gateway/web/contact.h"

#include <string.h>

#include "gateway/web/submit.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/op.h"
#include "ticketing/rate.h"

#define REFERENCE_CHARACTERS 8
#define FAST (2 * PN_SECOND) /* nobody fills in a form so fast */

/* What the visitor may quote, and what tells us nothing that others could use. */
char *
pn_contact_make_after (const PnContact *contact)
{
  const char *language = pn_call_query (contact->call, "language");
  const gboolean is_asked = language != NULL && pn_form_is_language (language);

  return g_strconcat (contact->sheet != NULL ? "&form=" : "",
                      contact->sheet != NULL ? contact->sheet->name : "",
                      contact->is_frame ? "&frame=1" : "", is_asked ? "&language=" : "",
                      is_asked ? language : "", NULL);
}

void
pn_contact_thank (PnContact *contact, const char *key, gboolean waits)
{
  static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  guint8 sha[PN_SHA256_BYTES];
  char reference[REFERENCE_CHARACTERS + 2] = "";
  g_autofree char *where = NULL;
  g_autofree char *location = NULL;

  pn_sha256 (key, strlen (key), sha);
  for (int i = 0, at = 0; i < REFERENCE_CHARACTERS; i++) {
    if (i == REFERENCE_CHARACTERS / 2)
      reference[at++] = '-';
    reference[at++] = alphabet[sha[i] % 32];
  }
  where = pn_contact_make_after (contact);
  location = g_strconcat ("/contact/thanks?ref=", reference, waits ? "&wait=1" : "", where, NULL);
  pn_response_set_redirect (contact->call->response, location);
}

typedef struct {
  const char *key;
  GString *body;
  const char *result; /* to be remembered */
  char *known;        /* (owned) what was remembered */
  gboolean is_reused;
} Post;

static gboolean
note_post (PnDb *db, gpointer data, GError **error)
{
  Post *post = data;
  GError *problem = NULL;

  post->is_reused = FALSE;
  g_clear_pointer (&post->known, g_free);
  if (pn_op_begin (db, "contact", post->key, post->body->str, post->body->len, &post->known,
                   &problem))
    return post->known != NULL || pn_op_finish (db, "contact", post->key, post->result, error);
  post->is_reused = pn_error_is (problem, PN_ERROR_CONFLICT);
  g_propagate_error (error, problem);
  return FALSE;
}

static GString *
make_body (const PnContact *contact, const GPtrArray *attachments)
{
  static const char *const names[] = { "name", "address", "subject", "text" };
  GString *body = g_string_new (contact->queue->name);
  g_autofree char *answers = pn_form_answers_text (contact->reading->answers);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *words = pn_form_reading_text (contact->reading, names[i]);

    g_string_append_printf (body, "\n%" G_GSIZE_FORMAT ":%s", strlen (words), words);
  }
  g_string_append_printf (body, "\n%s", answers);
  for (guint i = 0; i < attachments->len; i++) {
    const PnStoredAttachment *stored = attachments->pdata[i];
    g_autofree char *sha = pn_hex (stored->sha, PN_SHA256_BYTES);

    g_string_append_printf (body, "\nfile %s %s", sha, stored->name);
  }
  return body;
}

static gboolean
is_known (const PnContact *contact, Post *post, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (pn_db_run (contact->call->db, note_post, post, &problem))
    return TRUE;
  if (!post->is_reused)
    g_propagate_error (error, g_steal_pointer (&problem));
  return post->is_reused;
}

/* Must the sender confirm the address first? Who brings a proof of work need not, unless the form always wants it; others
 * are taken once a day for an address, and now and then for a connection. */
static gboolean
check_doubt (const PnContact *contact, gboolean *is_doubtful, GError **error)
{
  PnCall *call = contact->call;
  const PnLimitKind kind = PN_LIMIT_UNPROVEN;
  g_autofree char *folded = NULL;
  g_autofree char *key = NULL;
  gboolean is_allowed = TRUE;

  *is_doubtful = contact->plan->confirm == PN_FORM_CONFIRM_ALWAYS;
  if (contact->plan->confirm != PN_FORM_CONFIRM_DOUBT
      || (contact->has_key && pn_contact_is_worked (contact->key, pn_call_field (call, "work"))))
    return TRUE;
  folded = g_utf8_casefold (pn_form_reading_text (contact->reading, "address"), -1);
  key = g_strconcat ("form:", folded, NULL);
  if (!pn_rate_hit (call->db, key, PN_DAY, 1, &is_allowed, error))
    return FALSE;
  *is_doubtful = !is_allowed || !pn_limit_take (call->web->limit, kind, call->request->client);
  if (contact->has_key && pn_contact_age (contact->key) < FAST)
    pn_limit_take (call->web->limit, kind, call->request->client);
  return TRUE;
}

/* What the clerk, rules and reports need to know of the form. */
static json_t *
make_form (const PnContact *contact, gboolean is_doubtful)
{
  json_t *form = json_object ();

  if (is_doubtful)
    pn_json_set (form, "confirm", json_true ());
  if (contact->sheet == NULL)
    return form;
  pn_json_set (form, "form", pn_json_text (contact->sheet->name));
  pn_json_set (form, "form_id", json_integer (contact->sheet->id));
  pn_json_set (form, "version", json_integer (contact->sheet->version));
  pn_json_set (form, "answers", json_incref (contact->reading->answers));
  return form;
}

static char *
make_text (const PnContact *contact)
{
  const char *typed = pn_form_reading_text (contact->reading, "text");
  g_autofree char *answers = pn_form_answers_text (contact->reading->answers);

  return g_strconcat (typed, *typed != '\0' && *answers != '\0' ? "\n\n" : "", answers, NULL);
}

static gboolean
spool (const PnContact *contact, const GPtrArray *attachments, const char *key,
       gboolean is_doubtful, GError **error)
{
  PnCall *call = contact->call;
  const PnFormReading *reading = contact->reading;
  const char *subject = pn_form_reading_text (reading, "subject");
  const char *title = *contact->plan->title != '\0' ? contact->plan->title : contact->queue->title;
  g_autoptr (json_t) form = make_form (contact, is_doubtful);
  g_autofree char *text = make_text (contact);
  g_autofree char *address =
      pn_text_read_address (pn_form_reading_text (reading, "address"), error);
  PnSubmission submission = { .channel = PN_CHANNEL_FORM,
                              .queue_id = contact->queue->id,
                              .name = pn_form_reading_text (reading, "name"),
                              .address = address,
                              .subject = *subject != '\0' ? subject : title,
                              .text = text,
                              .reply = pn_form_reading_text (reading, "text"),
                              .attachments = attachments,
                              .form = form,
                              .key = key };
  gint64 spool_id;

  return address != NULL && pn_submit (call, &submission, &spool_id, error);
}

static void
show_known (PnContact *contact)
{
  g_free (contact->key);
  contact->key = pn_contact_make_key (contact->call);
  pn_form_reading_complain (contact->reading, "key", "", "again", NULL);
  pn_contact_show_page (contact, 409);
}

/* @waits: it was, or would be now, held until its sender confirms. */
static gboolean
send_once (PnContact *contact, const char *key, gboolean *waits, gboolean *is_reused,
           GError **error)
{
  g_autoptr (GPtrArray) attachments = pn_contact_store_files (contact, error);
  g_autoptr (GString) body = NULL;
  g_autofree char *known = NULL;
  guint8 hash[PN_SHA256_BYTES];
  Post post = { .key = key };

  if (attachments == NULL)
    return FALSE;
  body = make_body (contact, attachments);
  post.body = body;
  if (!check_doubt (contact, waits, error))
    return FALSE;
  post.result = *waits ? "waits" : "submitted";
  if (!is_known (contact, &post, error)) {
    g_free (post.known);
    return FALSE;
  }
  known = post.known;
  *is_reused = post.is_reused;
  if (known != NULL) /* a second click: what became of the first counts */
    *waits = strcmp (known, "waits") == 0;
  pn_contact_hash_key (contact->key, hash);
  return *is_reused
         || (spool (contact, attachments, key, *waits, error)
             && pn_form_upload_finish (contact->call->db, hash, error));
}

void
pn_contact_send (PnContact *contact)
{
  g_autofree char *key =
      contact->has_key ? g_strdup (contact->key) : pn_contact_natural_key (contact);
  g_autoptr (GError) error = NULL;
  gboolean waits = FALSE;
  gboolean is_reused = FALSE;

  if (!send_once (contact, key, &waits, &is_reused, &error))
    pn_call_fail (contact->call, error);
  else if (is_reused)
    show_known (contact);
  else
    pn_contact_thank (contact, key, waits);
}
