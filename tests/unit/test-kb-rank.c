#include "kb/ask.h"

#include <string.h>

#include "tests/lib/test.h"

static const struct {
  const char *id, *title, *body;
  PnArticleState state;
} base_articles[] = {
  { "refund", "How do I get a refund?", "Money goes back to your card within five days.",
    PN_ARTICLE_PUBLISHED },
  { "password", "I forgot my password", "Ask for a new one on the log-in page.",
    PN_ARTICLE_PUBLISHED },
  { "card", "Which cards do you take?", "All credit cards, and PayPal too.", PN_ARTICLE_PUBLISHED },
  { "delivery", "When will my parcel arrive?", "Delivery takes two days. Refund if it is late.",
    PN_ARTICLE_PUBLISHED },
  { "secret", "How do I give a refund above the limit?", "Ask the team lead.",
    PN_ARTICLE_PUBLISHED },
  { "half", "How do refunds work? Draft", "", PN_ARTICLE_DRAFT },
};

static PnArticle *
make (gint64 id, const char *external_id, const char *title, const char *body, PnArticleState state)
{
  PnArticle *article = pn_article_new ();

  article->id = id;
  g_free (article->external_id);
  article->external_id = g_strdup (external_id);
  g_free (article->title);
  article->title = g_strdup (title);
  g_free (article->body);
  article->body = g_strdup (body);
  g_free (article->language);
  article->language = g_strdup ("en");
  article->state = state;
  article->is_internal = strcmp (external_id, "secret") == 0;
  return article;
}

static void
put (PnKbIndex *index, PnArticle *article)
{
  pn_kb_index_put (index, article);
  pn_article_free (article);
}

static PnKbBase
make_base (void)
{
  PnKbBase base = { .index = pn_kb_index_new () };

  for (gsize i = 0; i < G_N_ELEMENTS (base_articles); i++)
    put (base.index, make ((gint64) i + 1, base_articles[i].id, base_articles[i].title,
                           base_articles[i].body, base_articles[i].state));
  pn_kb_index_seal (base.index);
  return base;
}

/* Returns: (owned) the first one's id, "" for none. */
static char *
first_of (const PnKbBase *base, PnKbQuery query, double *confidence)
{
  PnBag bag;
  g_autoptr (GPtrArray) hits = pn_kb_ask (base, &query, &bag);
  const PnKbHit *hit = hits->len > 0 ? hits->pdata[0] : NULL;

  pn_bag_clear (&bag);
  for (guint i = 0; i < hits->len; i++) {
    const PnKbHit *one = hits->pdata[i];

    g_assert_cmpfloat (one->confidence, >=, 0);
    g_assert_cmpfloat (one->confidence, <=, 1);
    g_assert_cmpfloat (one->confidence, <=, hit->confidence);
  }
  if (confidence != NULL)
    *confidence = hit != NULL ? hit->confidence : 0;
  return g_strdup (hit != NULL ? hit->external_id : "");
}

static void
test_order (void)
{
  static const struct {
    const char *text, *id;
    gboolean with_internal, is_typing;
  } cases[] = {
    { "How do I get a refund?", "refund", FALSE, FALSE },
    { "refunds", "refund", FALSE, FALSE },
    { "REFUND ABOVE LIMIT", "refund", FALSE, FALSE },
    { "refund above the limit", "secret", TRUE, FALSE },
    { "draft", "", FALSE, FALSE },
    { "forgot pasword", "password", FALSE, FALSE },
    { "paypal", "card", FALSE, FALSE },
    { "my parcels", "delivery", FALSE, FALSE },
    { "passw", "password", FALSE, TRUE },
    { "arri", "delivery", FALSE, TRUE },
    { "", "", FALSE, FALSE },
    { "?!", "", FALSE, FALSE },
    { "xyzzy", "", FALSE, FALSE },
    { "返金", "", FALSE, FALSE },
  };
  PnKbBase base = make_base ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PnKbQuery query = { .text = cases[i].text,
                              .with_internal = cases[i].with_internal,
                              .is_typing = cases[i].is_typing };
    g_autofree char *id = first_of (&base, query, NULL);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (id, ==, cases[i].id);
  }
  pn_kb_index_free (base.index);
}

static void
test_confidence (void)
{
  PnKbBase base = make_base ();
  double same, near, far;
  g_autofree char *a =
      first_of (&base, (PnKbQuery){ .text = "When will my parcel arrive?" }, &same);
  g_autofree char *b = first_of (&base, (PnKbQuery){ .text = "has the parcel arrived yet" }, &near);
  g_autofree char *c =
      first_of (&base, (PnKbQuery){ .text = "will dinosaurs ever walk on Mars" }, &far);

  g_assert_cmpstr (a, ==, "delivery");
  g_assert_cmpstr (b, ==, "delivery");
  g_assert_cmpfloat (same, >, near);
  g_assert_cmpfloat (near, >, far);
  g_assert_cmpfloat (same, >, 0.8);
  g_assert_cmpfloat (far, <, 0.5);
  pn_kb_index_free (base.index);
}

static void
test_changes (void)
{
  PnKbBase base = make_base ();
  g_autofree char *before = first_of (&base, (PnKbQuery){ .text = "invoice" }, NULL);
  g_autofree char *after = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *removed = NULL;

  g_assert_cmpstr (before, ==, "");
  put (base.index, make (2, "password", "Where is my invoice?", "", PN_ARTICLE_PUBLISHED));
  pn_kb_index_seal (base.index);
  after = first_of (&base, (PnKbQuery){ .text = "invoice" }, NULL);
  g_assert_cmpstr (after, ==, "password");
  gone = first_of (&base, (PnKbQuery){ .text = "forgot" }, NULL);
  g_assert_cmpstr (gone, ==, "");
  put (base.index, make (2, "password", "Where is my invoice?", "", PN_ARTICLE_DRAFT));
  pn_kb_index_seal (base.index);
  removed = first_of (&base, (PnKbQuery){ .text = "invoice" }, NULL);
  g_assert_cmpstr (removed, ==, "");
  pn_kb_index_free (base.index);
}

/* Many phrasings an article: what they have in common outweighs the one that is nearest by chance. */
static void
test_learn (void)
{
  static const char *const late[] = { "my parcel is late",      "parcel has not come",
                                      "still waiting",          "where is my parcel",
                                      "waiting for the parcel", "late" };
  static const char *const lost[] = { "my card is lost", "card was stolen",      "I lost the card",
                                      "stolen card",     "somebody has my card", "block the card" };
  PnKbBase base = { .index = pn_kb_index_new () };
  PnArticle *first = make (1, "late", "Late parcels", "", PN_ARTICLE_PUBLISHED);
  PnArticle *second = make (2, "lost", "Lost cards", "", PN_ARTICLE_PUBLISHED);
  g_autofree char *id = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (late); i++) {
    g_ptr_array_add (first->questions, g_strdup (late[i]));
    g_ptr_array_add (second->questions, g_strdup (lost[i]));
  }
  put (base.index, first);
  put (base.index, second);
  pn_kb_index_seal (base.index);
  base.model = pn_kb_model_new (base.index);
  g_assert_nonnull (base.model);
  id = first_of (&base, (PnKbQuery){ .text = "still waiting for my card parcel" }, NULL);
  g_assert_cmpstr (id, ==, "late");
  pn_kb_model_free (base.model);
  pn_kb_index_free (base.index);
}

static void
test_why (void)
{
  PnKbBase base = make_base ();
  const PnKbQuery query = { .text = "refund for my card", .wants_why = TRUE };
  PnBag bag;
  g_autoptr (GPtrArray) hits = pn_kb_ask (&base, &query, &bag);
  const PnKbHit *hit = hits->pdata[0];
  double sum = 0;

  pn_bag_clear (&bag);
  g_assert_cmpstr (hit->external_id, ==, "refund");
  g_assert_cmpuint (hit->why->len, >=, 2);
  for (guint i = 0; i < hit->why->len; i++)
    sum += g_array_index (hit->why, PnKbReason, i).share;
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
  pn_kb_index_free (base.index);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-rank/order", test_order);
  g_test_add_func ("/kb-rank/confidence", test_confidence);
  g_test_add_func ("/kb-rank/changes", test_changes);
  g_test_add_func ("/kb-rank/learn", test_learn);
  g_test_add_func ("/kb-rank/why", test_why);
  return g_test_run ();
}
