#include "gateway/clerk/draft.h"

#include <math.h>
#include <string.h>

#include "kb/article.h"
#include "kb/trust.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"

#define WORDS_SHOWN 3

void
pn_draft_clear (PnDraft *draft)
{
  g_clear_pointer (&draft->hits, g_ptr_array_unref);
  g_clear_pointer (&draft->because, g_free);
}

static int
percent (double share)
{
  return (int) floor (share * 100 + 1e-6);
}

/* Returns: why nobody asks the knowledge base about this mail; NULL: it is asked. */
static const char *
silence_of (const PnAnswering *answering, const PnMail *mail)
{
  if (answering->mode == PN_ANSWERING_OFF)
    return pn_reason (PN_WHY_BECAUSE_OFF);
  if (mail->kind != PN_MAIL_MESSAGE || mail->auto_reasons->len > 0)
    return pn_reason (PN_WHY_BECAUSE_NO_PERSON);
  if (mail->in_reply_to->len > 0 || mail->references->len > 0)
    return pn_reason (PN_WHY_BECAUSE_REPLY);
  return NULL;
}

/* Titles that are far behind the first one only distract. */
static void
drop_unlikely (GPtrArray *hits)
{
  const PnKbHit *first = hits->len > 0 ? hits->pdata[0] : NULL;
  guint kept = 0;

  if (first == NULL)
    return;
  if (first->confidence < PN_DRAFT_TITLE_CONFIDENCE) {
    g_ptr_array_set_size (hits, 0);
    return;
  }
  while (kept < hits->len
         && ((PnKbHit *) hits->pdata[kept])->score >= PN_DRAFT_TITLE_SHARE * first->score)
    kept++;
  g_ptr_array_set_size (hits, (gint) kept);
}

static gboolean
is_other_language (const char *article, const char *mail)
{
  return mail != NULL && *article != '\0' && *mail != '\0'
         && g_ascii_strncasecmp (article, mail, 2) != 0;
}

/* Returns: (owned) the words that told, as the asker wrote them. */
static json_t *
words_of (const PnKbHit *hit)
{
  json_t *words = json_array ();

  for (guint i = 0; hit->why != NULL && i < MIN (hit->why->len, WORDS_SHOWN); i++)
    json_array_append_new (words, pn_json_text (g_array_index (hit->why, PnKbReason, i).text));
  return words;
}

/* Returns: (owned) why the first hit answers the question. */
static char *
explain (const PnKbHit *hit, const PnDraft *draft, const PnTrust *trust, gboolean is_own)
{
  return pn_reason_make (PN_WHY_ANSWER_GIVEN, "{s:o, s:i, s:o, s:o, s:i, s:s}", "article",
                         pn_json_text (hit->title), "percent", percent (hit->confidence), "words",
                         words_of (hit), "known_as", pn_json_text (hit->known_as), "threshold",
                         percent (draft->threshold), "source",
                         is_own              ? "queue"
                         : trust->is_learned ? "learned"
                                             : "start");
}

/* Returns: (owned) what stands in the way of the first hit as the answer; NULL: nothing. */
static char *
objection_to (const PnAnswering *answering, const PnMail *mail, const PnKbHit *hit,
              const PnTrust *trust, const PnDraft *draft)
{
  if (answering->mode != PN_ANSWERING_ANSWER)
    return g_strdup (pn_reason (PN_WHY_BECAUSE_SUGGESTS));
  if (answering->hours == PN_ANSWERING_CLOSED && draft->is_open)
    return g_strdup (pn_reason (PN_WHY_BECAUSE_OPEN));
  if (answering->hours == PN_ANSWERING_OPEN && !draft->is_open)
    return g_strdup (pn_reason (PN_WHY_BECAUSE_CLOSED));
  if (trust->off_at != 0)
    return g_strdup (pn_reason (PN_WHY_BECAUSE_SWITCHED_OFF));
  if (!pn_answering_has_language (answering, mail->language))
    return g_strdup (pn_reason (PN_WHY_BECAUSE_LANGUAGE));
  if (is_other_language (hit->language, mail->language))
    return g_strdup (pn_reason (PN_WHY_BECAUSE_ARTICLE_LANGUAGE));
  if (hit->confidence < draft->threshold)
    return draft->threshold > 1 ? g_strdup (pn_reason (PN_WHY_BECAUSE_UNPROVEN))
                                : pn_reason_make (PN_WHY_BECAUSE_THRESHOLD, "{s:i, s:i}", "percent",
                                                  percent (hit->confidence), "threshold",
                                                  percent (draft->threshold));
  return NULL;
}

/* Sets the threshold and what becomes of the first hit. */
static void
judge (const PnAnswering *answering, const PnMail *mail, const PnTrust *trust, PnDraft *draft)
{
  const gboolean is_own = answering->threshold != 0;
  const PnKbHit *first = draft->hits->pdata[0];
  g_autofree char *objection = NULL;

  draft->threshold = is_own ? answering->threshold : trust->threshold;
  objection = objection_to (answering, mail, first, trust, draft);
  draft->is_answer = objection == NULL;
  draft->because =
      objection != NULL ? g_steal_pointer (&objection) : explain (first, draft, trust, is_own);
}

static gboolean
ask (const PnClerk *clerk, const PnAnswering *answering, const PnMail *mail, PnDraft *draft,
     GError **error)
{
  const char *text = mail->reply != NULL && *mail->reply != '\0' ? mail->reply : mail->text;
  g_autoptr (PnTrust) trust = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (GPtrArray) hits =
      pn_kb_suggest (clerk->db, mail->subject, text, mail->language, FALSE, error);
  const PnKbHit *first;

  if (hits == NULL)
    return FALSE;
  drop_unlikely (hits);
  if (hits->len == 0) {
    draft->because = g_strdup (pn_reason (PN_WHY_BECAUSE_NOTHING_NEAR));
    return TRUE;
  }
  trust = pn_trust_load (clerk->db, error);
  if (trust == NULL)
    return FALSE;
  first = hits->pdata[0];
  if (!pn_article_find (clerk->db, first->id, &article, error))
    return FALSE;
  g_ptr_array_unref (draft->hits);
  draft->hits = g_steal_pointer (&hits);
  judge (answering, mail, trust, draft);
  if (draft->is_answer && (article == NULL || strlen (article->body) > PN_DRAFT_ANSWER_BYTES)) {
    draft->is_answer = FALSE;
    g_free (draft->because);
    draft->because = g_strdup (pn_reason (PN_WHY_BECAUSE_TOO_LONG));
  }
  return TRUE;
}

void
pn_draft_make (const PnClerk *clerk, gint64 queue_id, const PnMail *mail, PnDraft *draft)
{
  const PnAnswering *answering = pn_book_answering (clerk->book, queue_id);
  const char *silence = silence_of (answering, mail);
  g_autoptr (GError) problem = NULL;

  *draft = (PnDraft){ .hits = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_kb_hit_free) };
  if (!pn_answering_check_open (clerk->db, answering, pn_clock_now (), &draft->is_open, &problem)) {
    pn_log_error (PN_LOG_WARNING, "calendar-failed", problem, NULL);
    g_clear_error (&problem);
    draft->is_open = TRUE;
  }
  if (silence != NULL) {
    draft->because = g_strdup (silence);
    return;
  }
  if (ask (clerk, answering, mail, draft, &problem))
    return;
  pn_log_error (PN_LOG_WARNING, "suggestions-failed", problem, NULL);
  draft->because = g_strdup (pn_reason (PN_WHY_BECAUSE_FAILED));
}
