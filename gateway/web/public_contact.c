#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/contact.h"
#include "gateway/web/show.h"
#include "ticketing/core/token.h"
#include "ticketing/spool.h"

void
pn_contact_clear (PnContact *contact)
{
  pn_form_sheet_free (contact->sheet);
  pn_form_plan_free (contact->own_plan);
  pn_form_reading_free (contact->reading);
  g_clear_pointer (&contact->uploads, g_ptr_array_unref);
  g_free (contact->key);
  g_free (contact->language);
}

/* Returns: TRUE when @plan has words in @language. */
static gboolean
speaks (const PnFormPlan *plan, const char *language)
{
  return g_ascii_strcasecmp (plan->language, language) == 0
         || json_object_get (plan->words, language) != NULL;
}

/* The form's own texts: as asked for, else as the visitor chose for our pages, else the first language of the browser that
 * it speaks, else its own. */
static char *
choose_language (const PnCall *call, const PnFormPlan *plan)
{
  const char *asked = pn_call_query (call, "language");
  const char *header = pn_request_header (call->request, "accept-language");
  g_auto (GStrv) tags = g_strsplit (header != NULL ? header : "", ",", 20);
  g_autofree char *kept = pn_auth_chosen_language (call);

  if (asked != NULL && speaks (plan, asked))
    return g_strdup (asked);
  if (kept != NULL && speaks (plan, kept))
    return g_steal_pointer (&kept);
  for (char **tag = tags; *tag != NULL; tag++) {
    g_autofree char *short_tag = NULL;

    g_strstrip (*tag);
    (*tag)[strcspn (*tag, ";")] = '\0';
    if (**tag != '\0' && speaks (plan, *tag))
      return g_strdup (*tag);
    short_tag = g_strndup (*tag, strcspn (*tag, "-"));
    if (*short_tag != '\0' && speaks (plan, short_tag))
      return g_strdup (short_tag);
  }
  return g_strdup (plan->language);
}

static gint64
version_of (const PnCall *call)
{
  const char *posted = pn_call_field (call, "version");
  gint64 version = 0;

  return posted != NULL && pn_call_read_number (posted, &version) ? version : 0;
}

/* A form of that name, or a queue's plain one. */
static gboolean
find_form (PnContact *contact, const char *name, GError **error)
{
  PnCall *call = contact->call;

  if (name != NULL && !pn_form_find (call->db, name, version_of (call), &contact->sheet, error))
    return FALSE;
  if (contact->sheet != NULL && !contact->sheet->is_enabled)
    return TRUE;
  if (contact->sheet != NULL) {
    contact->plan = contact->sheet->plan;
    contact->queue = pn_show_queue (call, contact->sheet->queue_id);
    return TRUE;
  }
  contact->own_plan = pn_form_plan_new ();
  contact->plan = contact->own_plan;
  contact->queue = name != NULL ? pn_show_find_queue (call, name) : NULL;
  if (contact->queue != NULL && !contact->queue->is_public)
    contact->queue = NULL;
  return TRUE;
}

static void
set_key (PnContact *contact)
{
  const char *key = pn_call_field (contact->call, "key");

  contact->has_key = key != NULL && pn_contact_is_key (contact->call, key, &contact->is_late);
  contact->key = contact->has_key ? g_strdup (key) : pn_contact_make_key (contact->call);
}

/* Who may show it in a frame, besides nobody. Returns: TRUE when it is to be shown in one. */
static gboolean
set_frames (PnCall *call, const PnFormPlan *plan)
{
  g_autoptr (GString) origins = g_string_new ("");

  if (pn_call_query (call, "frame") == NULL)
    return FALSE;
  for (guint i = 0; i < plan->frames->len; i++)
    g_string_append_printf (origins, "%s%s", i > 0 ? " " : "",
                            (const char *) plan->frames->pdata[i]);
  if (origins->len > 0)
    pn_response_set_frames (call->response, origins->str);
  return TRUE;
}

/* Finds what the address names. FALSE: answered already. */
static gboolean
start (PnContact *contact, PnCall *call)
{
  g_autoptr (GError) error = NULL;
  const char *name = call->request->match.name;

  contact->call = call;
  contact->is_fixed = name != NULL;
  if (!pn_show_load (call, &error) || !find_form (contact, name, &error)) {
    pn_call_fail (call, error);
    return FALSE;
  }
  if (contact->plan == NULL || (contact->is_fixed && contact->queue == NULL)) {
    pn_call_not_found (call);
    return FALSE;
  }
  contact->language = choose_language (call, contact->plan);
  set_key (contact);
  contact->is_frame = set_frames (call, contact->plan);
  return TRUE;
}

void
pn_public_contact (PnCall *call)
{
  g_auto (PnContact) contact = { NULL };

  if (start (&contact, call))
    pn_contact_show_page (&contact, 200);
}

static void
choose_queue (PnContact *contact)
{
  const PnCall *call = contact->call;
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
      contact->queue = queue;
  }
  if (contact->queue == NULL && n_public == 1)
    contact->queue = only;
  if (contact->queue == NULL)
    pn_form_reading_complain (contact->reading, "queue", "", "choice", NULL);
}

static const char *
find_posted (const char *name, gconstpointer data)
{
  return pn_call_field (data, name);
}

/* FALSE: answered already. */
static gboolean
read_post (PnContact *contact)
{
  g_autoptr (GError) error = NULL;

  contact->reading = pn_form_reading_new (contact->plan, find_posted, contact->call);
  if (!contact->is_fixed)
    choose_queue (contact);
  if (pn_call_field (contact->call, "key") != NULL && !contact->has_key)
    pn_form_reading_complain (contact->reading, "key", "", "late", NULL);
  if (pn_contact_take_files (contact, &error))
    return TRUE;
  pn_call_fail (contact->call, error);
  return FALSE;
}

/* Only pages of ours ask for the step in between. */
static gboolean
wants_suggestions (const PnContact *contact)
{
  return contact->plan->suggests && strcmp (pn_contact_value (contact, "step"), "write") == 0;
}

void
pn_public_contact_send (PnCall *call)
{
  g_auto (PnContact) contact = { NULL };
  const char *website = pn_call_field (call, "website");

  if (!start (&contact, call))
    return;
  if (website != NULL && *website != '\0') {
    pn_contact_thank (&contact, website, FALSE); /* what people do not see, a machine fills in */
    return;
  }
  if (pn_call_field (call, "solved") != NULL) {
    pn_contact_solved (&contact);
    return;
  }
  if (!read_post (&contact))
    return;
  if (json_array_size (contact.reading->problems) > 0)
    pn_contact_show_page (&contact, 400);
  else if (strcmp (pn_contact_value (&contact, "step"), "change") == 0)
    pn_contact_show_page (&contact, 200);
  else if (wants_suggestions (&contact) && pn_contact_suggest (&contact))
    return;
  else if (!pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client))
    pn_call_problem (call, 429, "too many messages came from your connection");
  else
    pn_contact_send (&contact);
}

/* The form that was sent: what comes after it is shown in the frame that it was in. (owned) "form" of a page. */
static json_t *
show_sent (PnCall *call, char **thanks)
{
  const char *name = pn_call_query (call, "form");
  g_autoptr (PnFormSheet) sheet = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *language = NULL;
  g_autofree char *url = NULL;

  *thanks = NULL;
  if (name == NULL || !pn_form_find (call->db, name, 0, &sheet, &error) || sheet == NULL)
    return json_pack ("{s:b, s:n}", "is_frame", pn_call_query (call, "frame") != NULL, "url");
  language = choose_language (call, sheet->plan);
  *thanks = g_strdup (pn_form_plan_word (sheet->plan, language, "thanks", sheet->plan->thanks));
  url = g_strconcat ("/contact/", sheet->name, "?frame=1", NULL);
  return json_pack ("{s:b, s:s}", "is_frame", set_frames (call, sheet->plan), "url", url);
}

void
pn_public_thanks (PnCall *call)
{
  const char *reference = pn_call_query (call, "ref");
  gsize size = reference != NULL ? strlen (reference) : 0;
  g_autofree char *thanks = NULL;
  json_t *form = show_sent (call, &thanks);

  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (reference[i]) && reference[i] != '-')
      size = 0;
  }
  pn_call_page (call, 200, "public-thanks",
                json_pack ("{s:o, s:{s:o, s:b, s:o}}", "form", form, "thanks", "reference",
                           pn_json_text (size > 0 && size < 20 ? reference : ""), "waits",
                           pn_call_query (call, "wait") != NULL, "text",
                           pn_json_text (thanks != NULL ? thanks : "")));
}

void
pn_public_solved (PnCall *call)
{
  g_autofree char *thanks = NULL;

  pn_call_page (call, 200, "public-solved", json_pack ("{s:o}", "form", show_sent (call, &thanks)));
}
