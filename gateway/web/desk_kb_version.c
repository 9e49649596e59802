#include <string.h>

#include "gateway/web/desk_kb.h"
#include "gateway/web/handlers.h"
#include "gateway/web/once.h"
#include "kb/version.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

/* The versions as the page lists them: the article itself, then what it was. */
static json_t *
show_versions (const PnArticle *article, const GPtrArray *versions, gint64 chosen)
{
  const PnVersion *last = versions->len > 0 ? versions->pdata[0] : NULL;
  json_t *list = json_array ();

  json_array_append_new (
      list,
      json_pack ("{s:I, s:o, s:o, s:o, s:b, s:b}", "version", (json_int_t) article->version,
                 "author", pn_json_text (article->author), "note", pn_json_text (article->note),
                 "made_at", pn_json_time (last != NULL ? last->replaced_at : article->created_at),
                 "is_current", TRUE, "is_chosen", article->version == chosen));
  for (guint i = 0; i < versions->len; i++) {
    const PnVersion *version = versions->pdata[i];
    const PnVersion *before = i + 1 < versions->len ? versions->pdata[i + 1] : NULL;

    json_array_append_new (
        list, json_pack ("{s:I, s:o, s:o, s:o, s:b, s:b}", "version", (json_int_t) version->version,
                         "author", pn_json_text (version->author), "note",
                         pn_json_text (version->note), "made_at",
                         pn_json_time (before != NULL          ? before->replaced_at
                                       : version->version == 1 ? article->created_at
                                                               : 0),
                         "is_current", FALSE, "is_chosen", version->version == chosen));
  }
  return list;
}

/* Returns: (owned) that version, the current one too; NULL with NOT_FOUND. */
static PnArticle *
load_version (PnCall *call, const PnArticle *article, gint64 version, GError **error)
{
  return version == article->version ? pn_article_copy (article)
                                     : pn_version_load (call->db, article->id, version, error);
}

/* Returns: the version before @chosen that is kept; @chosen itself where there is none. */
static gint64
version_before (const GPtrArray *versions, gint64 chosen)
{
  for (guint i = 0; i < versions->len; i++) {
    gint64 version = ((PnVersion *) versions->pdata[i])->version;

    if (version < chosen)
      return version;
  }
  return chosen;
}

static void
show_page (PnCall *call, const PnArticle *article, const GPtrArray *versions, gint64 chosen)
{
  g_autoptr (GError) error = NULL;
  gint64 base = version_before (versions, chosen);
  g_autoptr (PnArticle) before = load_version (call, article, base, &error);
  g_autoptr (PnArticle) after =
      before != NULL ? load_version (call, article, chosen, &error) : NULL;
  g_autoptr (json_t) document = NULL;

  if (after == NULL) {
    pn_call_fail (call, error);
    return;
  }
  document = json_pack ("{s:o, s:o, s:{s:I, s:I, s:b, s:o, s:o}}", "article",
                        pn_desk_kb_show_article (article), "versions",
                        show_versions (article, versions, chosen), "chosen", "version",
                        (json_int_t) chosen, "base", (json_int_t) base, "is_current",
                        chosen == article->version, "content", pn_desk_kb_show_article (after),
                        "difference", pn_desk_kb_show_difference (before, after));
  if (pn_desk_kb_localise (call, document, &error))
    pn_call_page (call, 200, "desk-kb-versions", json_incref (document));
  else
    pn_call_fail (call, error);
}

void
pn_desk_kb_versions (PnCall *call)
{
  g_autoptr (PnArticle) article = pn_desk_kb_find (call);
  const char *asked = pn_call_query (call, "version");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  gint64 chosen;

  if (article == NULL)
    return;
  chosen = article->version;
  if (asked != NULL && (!pn_call_read_number (asked, &chosen) || chosen < 1)) {
    pn_call_problem (call, 400, "version is a number");
    return;
  }
  versions = pn_version_list (call->db, article->id, 0, &error);
  if (versions == NULL)
    pn_call_fail (call, error);
  else
    show_page (call, article, versions, chosen);
}

/* A version again: its content, while what the article is now (state, owner, dates) stays. */
void
pn_desk_kb_restore (PnCall *call)
{
  g_autoptr (PnArticle) article = pn_desk_kb_find (call);
  g_autoptr (PnArticle) old = NULL;
  g_autoptr (GError) error = NULL;
  const char *version = pn_call_field (call, "version");
  g_auto (PnKbChange) change = { .action = PN_KB_SAVE };
  gint64 number;

  if (article == NULL)
    return;
  if (version == NULL || !pn_call_read_number (version, &number)) {
    pn_call_problem (call, 400, "version is a number");
    return;
  }
  old = pn_version_load (call->db, article->id, number, &error);
  if (old == NULL) {
    pn_call_fail (call, error);
    return;
  }
  change.if_version = article->version;
  old->state = article->state;
  old->created_at = article->created_at;
  old->published_at = article->published_at;
  old->publish_at = article->publish_at;
  old->review_at = article->review_at;
  old->updated_at = 0;
  g_free (old->owner);
  old->owner = g_strdup (article->owner);
  g_free (old->note);
  old->note = g_strdup_printf ("%" G_GINT64_FORMAT " ↺", number);
  change.article = g_steal_pointer (&old);
  pn_desk_kb_carry_out (call, &change);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  gint64 change_no;

  return pn_article_begin_change (db, &change_no, error)
         && pn_article_remove (db, *(gint64 *) data, change_no, error);
}

/* For good, and only what nobody sees any more. */
void
pn_desk_kb_remove (PnCall *call)
{
  g_autoptr (PnArticle) article = pn_desk_kb_find (call);
  g_autoptr (GError) error = NULL;

  if (article == NULL)
    return;
  if (article->state != PN_ARTICLE_ARCHIVED) {
    pn_call_problem (call, 409, "archive the article first");
    return;
  }
  if (!pn_db_run (call->db, remove_body, &article->id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "article-removed", "article=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          article->id, call->agent->id);
  pn_call_done (call, "/desk/kb", "removed", 200, json_object ());
}

/* Who proposed it may take it back. */
void
pn_desk_kb_discard (PnCall *call)
{
  g_autoptr (PnArticle) article = pn_desk_kb_find (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnProposal) proposal = NULL;
  g_autofree char *location = NULL;

  if (article == NULL)
    return;
  if (!pn_proposal_find (call->db, article->id, &proposal, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (proposal != NULL && !pn_desk_kb_may_publish (call)
      && strcmp (proposal->content->author, call->agent->login) != 0) {
    pn_call_problem (call, 403, "a lead decides about a proposal of somebody else");
    return;
  }
  if (!pn_proposal_forget (call->db, article->id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  location = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, article->id);
  pn_call_done (call, location, "discarded", 200, json_object ());
}
