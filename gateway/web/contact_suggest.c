#include "gateway/web/contact.h"

#include <string.h>

#include "kb/address.h"
#include "kb/article.h"
#include "kb/feedback.h"
#include "kb/suggest.h"
#include "ticketing/core/log.h"

/* An article that answers less probably than this is no help, only a step more; the same bound is in form.js. */
#define CONFIDENCE_MIN 0.35

static json_t *
show_hit (const PnKbHit *hit)
{
  g_autofree char *url = pn_kb_address (hit->id, hit->title, hit->language);

  return json_pack ("{s:I, s:o, s:s, s:o, s:o, s:f}", "id", (json_int_t) hit->id, "title",
                    pn_json_text (hit->title), "url", url, "language", pn_json_text (hit->language),
                    "category", pn_json_text (hit->category), "confidence", hit->confidence);
}

/* What a base says that cannot be asked now is not worth the visitor's message. */
static json_t *
find_articles (const PnContact *contact)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits =
      pn_kb_suggest (contact->call->db, pn_form_reading_text (contact->reading, "subject"),
                     pn_form_reading_text (contact->reading, "text"),
                     *contact->language != '\0' ? contact->language : NULL, FALSE, &error);
  json_t *list = json_array ();

  if (hits == NULL) {
    pn_log_error (PN_LOG_WARNING, "suggestions-failed", error, "request=%s",
                  contact->call->request->id);
    return list;
  }
  if (hits->len == 0 || ((const PnKbHit *) hits->pdata[0])->confidence < CONFIDENCE_MIN)
    return list;
  for (guint i = 0; i < hits->len; i++)
    json_array_append_new (list, show_hit (hits->pdata[i]));
  return list;
}

gboolean
pn_contact_suggest (PnContact *contact)
{
  json_t *articles = find_articles (contact);

  if (json_array_size (articles) == 0) {
    json_decref (articles);
    return FALSE;
  }
  pn_call_page (contact->call, 200, "public-suggest",
                json_pack ("{s:o, s:{s:o}}", "form", pn_contact_show (contact), "suggest",
                           "articles", articles));
  return TRUE;
}

static gboolean
count (PnContact *contact, gint64 id, GError **error)
{
  const char *subject = pn_contact_value (contact, "subject");
  const char *text = pn_contact_value (contact, "text");
  g_autofree char *question = g_strconcat (subject, "\n", text, NULL);
  g_autofree char *key = g_strdup_printf ("form:%s:%" G_GINT64_FORMAT, contact->key, id);
  const PnFeedback feedback = {
    .kind = PN_FEEDBACK_FORM, .article_id = id, .question = question, .language = contact->language
  };
  guint8 hash[PN_SHA256_BYTES];

  pn_contact_hash_key (contact->key, hash);
  return pn_feedback_add (contact->call->db, &feedback, key, error)
         && pn_form_upload_sweep (contact->call->db, hash, error);
}

void
pn_contact_solved (PnContact *contact)
{
  PnCall *call = contact->call;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *where = NULL;
  g_autofree char *location = NULL;
  gint64 id;

  if (!pn_call_read_number (pn_call_field (call, "solved"), &id)) {
    pn_call_problem (call, 400, "\"solved\" is the number of an article");
    return;
  }
  if (!pn_article_find (call->db, id, &article, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (article == NULL || !pn_article_is_public (article)) {
    pn_call_not_found (call);
    return;
  }
  /* a form that is not ours, or one that is sent again and again, counts for nothing */
  if (contact->has_key && pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client)
      && !count (contact, id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  where = pn_contact_make_after (contact);
  location = g_strconcat ("/contact/solved", *where != '\0' ? "?" : "",
                          *where != '\0' ? where + 1 : "", NULL);
  pn_response_set_redirect (call->response, location);
}
