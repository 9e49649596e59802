#include "tests/fuzz/target.h"

#include <string.h>

#include "kb/ask.h"
#include "kb/markdown.h"

/* One base for all: a question must never change it. */
static PnKbBase *
base (void)
{
  static PnKbBase kept;

  if (kept.index == NULL) {
    PnArticle *article = pn_article_new ();

    article->id = 1;
    g_free (article->title);
    article->title = g_strdup ("How do I get a refund? 返金 Rückgabe");
    kept.index = pn_kb_index_new ();
    pn_kb_index_put (kept.index, article);
    pn_kb_index_seal (kept.index);
    pn_article_free (article);
  }
  return &kept;
}

/* Any text may be asked, and may be an article: confidence stays a share, HTML stays text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *bytes = g_strndup ((const char *) data, size);
  g_autofree char *text = g_utf8_make_valid (bytes, -1);
  g_autofree char *html = pn_markdown_to_html (text, NULL);
  g_autofree char *plain = pn_markdown_to_text (bytes);
  const PnKbQuery query = { .text = text, .is_typing = size % 2 == 1, .wants_why = TRUE };
  PnBag bag;
  GPtrArray *hits = pn_kb_ask (base (), &query, &bag);

  if (html != NULL && strstr (html, "<script") != NULL)
    g_error ("a script came through");
  if (!g_utf8_validate (plain, -1, NULL))
    g_error ("plain text that is not UTF-8");
  for (guint i = 0; i < hits->len; i++) {
    const PnKbHit *hit = hits->pdata[i];

    if (!(hit->confidence >= 0 && hit->confidence <= 1))
      g_error ("a confidence of %f", hit->confidence);
  }
  pn_bag_clear (&bag);
  g_ptr_array_unref (hits);
  return 0;
}
