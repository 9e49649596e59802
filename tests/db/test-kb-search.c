#include "kb/search.h"

#include <string.h>

#include "kb/suggest.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "tests/lib/testkb.h"

static void
import (PnDb *db, const char *text)
{
  g_ptr_array_unref (pn_testkb_import (db, text));
}

static char *
first_of (PnDb *db, const char *text)
{
  const PnKbQuery query = { .text = text, .wants_excerpts = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = pn_kb_search (db, &query, &error);

  pn_assert_no_error (error);
  return g_strdup (hits->len > 0 ? ((PnKbHit *) hits->pdata[0])->external_id : "");
}

#define assert_first(db, text, id)                                                                 \
  do {                                                                                             \
    g_autofree char *first_id = first_of (db, text);                                               \
    g_assert_cmpstr (first_id, ==, id);                                                            \
  } while (0)

/* What another connection commits is found by the next search. */
static void
test_follow (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) other = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  other = pn_db_open (pn_testdb_target (), &error);
  pn_assert_no_error (error);
  assert_first (db, "refund", "");
  import (other, "{\"id\":\"pay\",\"title\":\"How do I pay?\",\"body\":\"By **card** only\"}\n"
                 "{\"id\":\"back\",\"title\":\"How do I get a refund?\"}");
  assert_first (db, "refund", "back");
  assert_first (other, "card", "pay");
  import (other, "{\"id\":\"back\",\"title\":\"Where is the shop?\"}");
  assert_first (db, "refund", "");
  assert_first (db, "shop", "back");
  import (db, "{\"id\":\"back\",\"title\":\"Where is the shop?\",\"state\":\"internal\"}");
  assert_first (other, "shop", "");
}

/* Whoever searches for many at once sees one state of the base, and what was committed meanwhile right after. */
static void
test_hold (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) other = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  other = pn_db_open (pn_testdb_target (), &error);
  pn_assert_no_error (error);
  assert_first (db, "refund", "");
  import (other, "{\"id\":\"back\",\"title\":\"How do I get a refund?\"}");
  pn_kb_hold ();
  assert_first (db, "refund", "back");
  import (other, "{\"id\":\"back\",\"title\":\"Where is the shop?\"}");
  assert_first (db, "refund", "back");
  pn_kb_release ();
  assert_first (db, "refund", "");
  assert_first (db, "shop", "back");
}

/* A process may serve another database next: nothing of the old one is left. */
static void
test_other_database (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) next = NULL;

  if (db == NULL)
    return;
  import (db, "{\"id\":\"pay\",\"title\":\"How do I pay?\"}");
  assert_first (db, "pay", "pay");
  next = pn_testdb_open ();
  assert_first (next, "pay", "");
  import (next, "{\"id\":\"other\",\"title\":\"Paying\"}");
  assert_first (next, "pay", "other");
  assert_first (db, "pay", "pay");
  pn_kb_forget ();
  assert_first (db, "pay", "pay");
}

/* Reasons are told in the asker's words, not in stems. */
static gboolean
has_reason (const PnKbHit *hit, const char *word)
{
  for (guint i = 0; i < hit->why->len; i++) {
    if (strcmp (g_array_index (hit->why, PnKbReason, i).text, word) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
test_excerpt (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  const PnKbQuery query = { .text = "paying by card", .wants_excerpts = TRUE, .wants_why = TRUE };
  const PnKbHit *hit;
  gboolean has_hit = FALSE;
  json_t *document;

  if (db == NULL)
    return;
  import (db, "{\"id\":\"pay\",\"title\":\"Money\",\"language\":\"en\",\"body\":\"# Ways\\n\\nYou "
              "can **pay** by [card](https://x.example/) here.\",\"questions\":[\"Can I pay by "
              "card?\"]}");
  hits = pn_kb_search (db, &query, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (hits->len, ==, 1);
  hit = hits->pdata[0];
  g_assert_cmpstr (hit->known_as, ==, "Can I pay by card?");
  for (guint i = 0; i < hit->excerpt->len; i++) {
    const PnKbPart *part = &g_array_index (hit->excerpt, PnKbPart, i);

    has_hit = has_hit || (part->is_hit && strcmp (part->text, "card") == 0);
    g_assert_null (strstr (part->text, "https"));
  }
  g_assert_true (has_hit);
  g_assert_true (has_reason (hit, "paying") && has_reason (hit, "card"));
  g_assert_false (has_reason (hit, "pay"));
  document = pn_kb_hit_write (hit);
  g_assert_cmpstr (json_string_value (json_object_get (document, "external_id")), ==, "pay");
  g_assert_cmpuint (json_array_size (json_object_get (document, "why")), >, 0);
  json_decref (document);
}

static void
test_suggest (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (GPtrArray) none = NULL;

  if (db == NULL)
    return;
  import (db, "{\"id\":\"a\",\"title\":\"How do I get a refund?\"}\n"
              "{\"id\":\"b\",\"title\":\"When is a refund paid?\"}\n"
              "{\"id\":\"c\",\"title\":\"Refund of postage\"}\n"
              "{\"id\":\"d\",\"title\":\"Refund and exchange\"}\n");
  hits = pn_kb_suggest (db, "Refund", "Hello,\nhow do I get my refund?\nBye", NULL, FALSE, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (hits->len, ==, PN_KB_SUGGESTIONS);
  g_assert_cmpstr (((PnKbHit *) hits->pdata[0])->external_id, ==, "a");
  none = pn_kb_suggest (db, NULL, NULL, NULL, FALSE, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
}

static guint
count_of (PnDb *db, const char *text, gboolean has_phrases)
{
  const PnKbQuery query = { .text = text, .has_phrases = has_phrases };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = pn_kb_search (db, &query, &error);

  pn_assert_no_error (error);
  return hits->len;
}

/* What stands in quotation marks must stand in the article, word for word; mails may have what marks they like. */
static void
test_phrase (void)
{
  static const struct {
    const char *text;
    guint found;
  } cases[] = {
    { "\"lost card\"", 1 },
    { "\"LOST  Cárd!\"", 1 },       /* case, accents and what is between */
    { "\"card lost\"", 1 },         /* the order counts: another article */
    { "\"lost the card\"", 1 },     /* in a body */
    { "\"loses the card\"", 0 },    /* not by its stem */
    { "„lost card“ „call us“", 1 }, /* both */
    { "\"lost card\" \"shop\"", 0 },
    { "\"lost card us\"", 0 }, /* pairs that stand apart */
    { "\"lost\"", 3 },
    { "\"zebra\"", 0 },
    { "\"a lost", 3 }, /* half a mark is none */
    { "\"\" lost", 3 },
    { "\"the card you lost\"", 1 }, /* as a question of it */
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  import (db, "{\"id\":\"a\",\"title\":\"Lost card\",\"body\":\"Call us. A card us lost.\"}\n"
              "{\"id\":\"b\",\"title\":\"A card, lost\",\"questions\":[\"the card you lost\"]}\n"
              "{\"id\":\"c\",\"title\":\"Shop\",\"body\":\"You **lost** the *card*?\"}\n");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint found = count_of (db, cases[i].text, TRUE);

    if (found != cases[i].found)
      g_error ("%s: %u", cases[i].text, found);
  }
  g_assert_cmpuint (count_of (db, "\"card lost it\"", FALSE), ==, 3);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-search/phrase", test_phrase);
  g_test_add_func ("/kb-search/follow", test_follow);
  g_test_add_func ("/kb-search/hold", test_hold);
  g_test_add_func ("/kb-search/other-database", test_other_database);
  g_test_add_func ("/kb-search/excerpt", test_excerpt);
  g_test_add_func ("/kb-search/suggest", test_suggest);
  return g_test_run ();
}
