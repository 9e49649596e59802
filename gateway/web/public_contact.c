#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/show.h"
#include "gateway/web/submit.h"
#include "gateway/web/uploads.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"
#include "ticketing/op.h"

#define KEY_LIFE PN_DAY
#define KEYLESS_WINDOW (10 * PN_MINUTE)
#define NAME_BYTES 200
#define SUBJECT_BYTES 200
#define TEXT_BYTES (100 * 1024)
#define FILES_LIMIT 10
#define REFERENCE_CHARACTERS 8

/* What was typed, and what is wrong with it. */
typedef struct {
  const PnQueue *queue; /* NULL: none chosen yet */
  gboolean is_fixed;    /* the address names the queue */
  char *name;
  char *typed_address;
  char *address; /* as it can be used; NULL: it can't */
  char *subject;
  const char *text;
  char *key;
  json_t *errors;
} Form;

static void
form_clear (Form *form)
{
  g_free (form->name);
  g_free (form->typed_address);
  g_free (form->address);
  g_free (form->subject);
  g_free (form->key);
  json_decref (form->errors);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Form, form_clear)

static void
sign_key (const PnCall *call, const char *nonce, const char *expiry, char **signature)
{
  g_autofree char *text = g_strconcat (nonce, ".", expiry, NULL);
  guint8 mac[PN_TOKEN_HASH_BYTES];

  pn_token_mac (call->web->config.token_key, "web contact form", text, strlen (text), mac);
  *signature = pn_hex (mac, 16);
}

/* Returns: (owned) nonce "." expiry "." MAC: which form a post belongs to, so that sending it twice is one request. */
static char *
make_key (const PnCall *call)
{
  g_autofree char *nonce = pn_token_random ();
  g_autofree char *expiry =
      g_strdup_printf ("%" G_GINT64_FORMAT, (pn_clock_now () + KEY_LIFE) / PN_SECOND);
  g_autofree char *signature = NULL;

  sign_key (call, nonce, expiry, &signature);
  return g_strjoin (".", nonce, expiry, signature, NULL);
}

static gboolean
is_key (const PnCall *call, const char *key)
{
  g_auto (GStrv) parts = g_strsplit (key, ".", 4);
  g_autofree char *signature = NULL;
  gint64 expiry;

  if (g_strv_length (parts) != 3 || !pn_call_read_number (parts[1], &expiry))
    return FALSE;
  sign_key (call, parts[0], parts[1], &signature);
  return strlen (signature) == strlen (parts[2])
         && pn_token_equal ((const guint8 *) signature, (const guint8 *) parts[2],
                            strlen (signature))
         && pn_clock_now () <= expiry * PN_SECOND;
}

typedef struct {
  const Form *form;
  GString *body;
  gboolean is_reused;
} Post;

static gboolean
note_post (PnDb *db, gpointer data, GError **error)
{
  Post *post = data;
  const char *key = post->form->key;
  g_autofree char *result = NULL;
  GError *problem = NULL;

  post->is_reused = FALSE;
  if (pn_op_begin (db, "contact", key, post->body->str, post->body->len, &result, &problem))
    return result != NULL || pn_op_finish (db, "contact", key, "submitted", error);
  post->is_reused = pn_error_is (problem, PN_ERROR_CONFLICT);
  g_propagate_error (error, problem);
  return FALSE;
}

/* Who goes back, writes something else and sends again shall not believe that it arrived. @is_other: the form was sent
 * before, with other words. */
static gboolean
check_post (PnCall *call, const Form *form, const GPtrArray *attachments, gboolean *is_other,
            GError **error)
{
  Post post = { .form = form };
  g_autoptr (GString) body = g_string_new (form->queue->name);
  g_autoptr (GError) problem = NULL;
  const char *const words[] = { form->name, form->address, form->subject, form->text };

  *is_other = FALSE;
  if (form->key == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_string_append_printf (body, "\n%" G_GSIZE_FORMAT ":%s", strlen (words[i]), words[i]);
  for (guint i = 0; i < attachments->len; i++) {
    const PnStoredAttachment *stored = attachments->pdata[i];
    g_autofree char *sha = pn_hex (stored->sha, PN_SHA256_BYTES);

    g_string_append_printf (body, "\nfile %s %s", sha, stored->name);
  }
  post.body = body;
  if (pn_db_run (call->db, note_post, &post, &problem))
    return TRUE;
  *is_other = post.is_reused;
  if (!post.is_reused)
    g_propagate_error (error, g_steal_pointer (&problem));
  return post.is_reused;
}

/* A form that we did not make has no key: the same words within some minutes are the same request. */
static char *
natural_key (const Form *form)
{
  g_autofree char *text =
      g_strdup_printf ("%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%s", form->queue->name, form->address,
                       form->subject, pn_clock_now () / KEYLESS_WINDOW, form->text);
  guint8 sha[PN_SHA256_BYTES];

  pn_sha256 (text, strlen (text), sha);
  return pn_hex (sha, PN_SHA256_BYTES);
}

static void
add_error (Form *form, const char *field, const char *message)
{
  json_array_append_new (form->errors,
                         json_pack ("{s:s, s:s}", "field", field, "message", message));
}

static json_t *
show_queues (const PnCall *call, const Form *form)
{
  json_t *list = json_array ();

  for (guint i = 0; !form->is_fixed && i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (queue->is_public)
      json_array_append_new (list, json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (queue->name),
                                              "title", pn_json_text (queue->title), "is_current",
                                              queue == form->queue));
  }
  return list;
}

static void
show_form (PnCall *call, int status, const Form *form)
{
  g_autofree char *key = make_key (call);
  json_t *fields = json_object ();
  json_t *shown;
  json_t *problem;
  gsize i;

  json_array_foreach (form->errors, i, problem)
  {
    json_object_set (fields, pn_json_get_text (problem, "field"),
                     json_object_get (problem, "message"));
  }
  shown = json_pack (
      "{s:o, s:o, s:s, s:s, s:o, s:O, s:o, s:b, s:o}", "queue",
      pn_json_text (form->is_fixed ? form->queue->name : NULL), "title",
      pn_json_text (form->is_fixed ? form->queue->title : NULL), "action", call->request->path,
      "key", form->key != NULL && is_key (call, form->key) ? form->key : key, "values",
      json_pack ("{s:o, s:o, s:o, s:o, s:o}", "name",
                 pn_json_text (form->name != NULL ? form->name : ""), "address",
                 pn_json_text (form->typed_address != NULL ? form->typed_address : ""), "subject",
                 pn_json_text (form->subject != NULL ? form->subject : ""), "text",
                 pn_json_text (form->text != NULL ? form->text : ""), "queue",
                 pn_json_text (form->queue != NULL ? form->queue->name : "")),
      "errors", form->errors, "field_errors", fields, "has_errors",
      json_array_size (form->errors) > 0, "queues", show_queues (call, form));
  pn_call_page (call, status, "public-contact", json_pack ("{s:o}", "form", shown));
}

/* Finds the queue that the address names. FALSE: answered already. */
static gboolean
find_queue (PnCall *call, Form *form)
{
  g_autoptr (GError) error = NULL;
  const char *name = call->request->match.name;

  form->errors = json_array ();
  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return FALSE;
  }
  if (name == NULL)
    return TRUE;
  form->queue = pn_show_find_queue (call, name);
  form->is_fixed = TRUE;
  if (form->queue != NULL && form->queue->is_public)
    return TRUE;
  pn_call_not_found (call);
  return FALSE;
}

void
pn_public_contact (PnCall *call)
{
  g_auto (Form) form = { NULL };

  if (find_queue (call, &form))
    show_form (call, 200, &form);
}

static void
choose_queue (PnCall *call, Form *form)
{
  const char *name = pn_call_field (call, "queue");
  const PnQueue *only = NULL;
  guint n_public = 0;

  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (!queue->is_public)
      continue;
    only = queue;
    n_public++;
    if (g_strcmp0 (name, queue->name) == 0)
      form->queue = queue;
  }
  if (form->queue == NULL && n_public == 1)
    form->queue = only;
  if (form->queue == NULL)
    add_error (form, "queue", "Please choose what it is about.");
}

static void
read_form (PnCall *call, Form *form)
{
  form->name = pn_call_line (call, "name", NAME_BYTES);
  form->typed_address = pn_call_line (call, "address", PN_ADDRESS_MAX_BYTES);
  form->address = pn_text_read_address (form->typed_address, NULL);
  form->subject = pn_call_line (call, "subject", SUBJECT_BYTES);
  form->text = pn_call_field (call, "text");
  form->key = g_strdup (pn_call_field (call, "key"));
  if (!form->is_fixed)
    choose_queue (call, form);
  if (form->address == NULL)
    add_error (form, "address", "Please write your mail address, like name@example.org.");
  if (*form->subject == '\0')
    add_error (form, "subject", "Please say in a few words what it is about.");
  if (form->text == NULL || strspn (form->text, " \t\n") == strlen (form->text))
    add_error (form, "text", "Please write a message.");
  else if (strlen (form->text) > TEXT_BYTES)
    add_error (form, "text", "The message is too long. Please attach it as a file.");
  if (call->request->form->uploads->len > FILES_LIMIT)
    add_error (form, "files", "Please attach at most 10 files.");
  if (form->key != NULL && !is_key (call, form->key))
    add_error (form, "key", "This page was open for very long. Please send it again.");
}

/* What the visitor may quote, and what tells us nothing that others could use. */
static void
thank (PnCall *call, const char *key)
{
  static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  guint8 sha[PN_SHA256_BYTES];
  char reference[REFERENCE_CHARACTERS + 2] = "";
  g_autofree char *location = NULL;

  pn_sha256 (key, strlen (key), sha);
  for (int i = 0, at = 0; i < REFERENCE_CHARACTERS; i++) {
    if (i == REFERENCE_CHARACTERS / 2)
      reference[at++] = '-';
    reference[at++] = alphabet[sha[i] % 32];
  }
  location = g_strconcat ("/contact/thanks?ref=", reference, NULL);
  pn_response_set_redirect (call->response, location);
}

static void
send_form (PnCall *call, Form *form)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = form->key != NULL ? g_strdup (form->key) : natural_key (form);
  g_autoptr (GPtrArray) attachments = pn_uploads_store (call, &error);
  PnSubmission submission = { .channel = PN_CHANNEL_FORM,
                              .queue_id = form->queue->id,
                              .name = form->name,
                              .address = form->address,
                              .subject = form->subject,
                              .text = form->text,
                              .attachments = attachments,
                              .key = key };
  gboolean is_other;
  gint64 spool_id;

  if (attachments == NULL || !check_post (call, form, attachments, &is_other, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (is_other) {
    g_clear_pointer (&form->key, g_free);
    add_error (form, "key",
               "Your message has arrived as you sent it first. If this is another one, please "
               "send it again.");
    show_form (call, 409, form);
    return;
  }
  if (!pn_submit (call, &submission, &spool_id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  thank (call, key);
}

void
pn_public_contact_send (PnCall *call)
{
  g_auto (Form) form = { NULL };
  const char *website = pn_call_field (call, "website");

  if (!find_queue (call, &form))
    return;
  read_form (call, &form);
  if (website != NULL && *website != '\0')
    thank (call, website); /* a machine fills in what people do not see; it need not know */
  else if (json_array_size (form.errors) > 0)
    show_form (call, 400, &form);
  else if (!pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client))
    pn_call_problem (call, 429, "too many messages came from your connection");
  else
    send_form (call, &form);
}

void
pn_public_thanks (PnCall *call)
{
  const char *reference = pn_call_query (call, "ref");
  gsize size = reference != NULL ? strlen (reference) : 0;

  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (reference[i]) && reference[i] != '-')
      size = 0;
  }
  pn_call_page (call, 200, "public-thanks",
                json_pack ("{s:{s:o}}", "thanks", "reference",
                           pn_json_text (size > 0 && size < 20 ? reference : "")));
}
