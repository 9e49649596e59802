#include "kb/asked.h"
#include "kb/cluster.h"
#include "tests/lib/test.h"

/* Other words for the same question come together; each text is in one group; the largest is first. */
static void
test_cluster (void)
{
  static const char *const texts[] = {
    "How do I cancel my subscription?",  "Where is my parcel?", "cancel subscriptions, how?",
    "I want to cancel the subscription", "parcel: where",       "The engine smokes",
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) clusters = NULL;
  guint members = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (list, (gpointer) texts[i]);
  clusters = pn_cluster_texts (list, "en");
  g_assert_cmpuint (clusters->len, ==, 3);
  for (guint i = 0; i < clusters->len; i++)
    members += ((PnCluster *) clusters->pdata[i])->members->len;
  g_assert_cmpuint (members, ==, G_N_ELEMENTS (texts));
  {
    const PnCluster *first = clusters->pdata[0];
    const PnCluster *second = clusters->pdata[1];

    g_assert_cmpuint (first->members->len, ==, 3);
    g_assert_cmpuint (first->leader, ==, 0);
    g_assert_cmpstr (first->words->pdata[0], ==, "cancel");
    g_assert_cmpstr (first->words->pdata[1], ==, "subscription"); /* not its stem */
    g_assert_cmpuint (second->members->len, ==, 2);
    g_assert_cmpuint (second->leader, ==, 1);
  }
}

static void
test_empty (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = pn_cluster_texts (list, "");
  g_autoptr (GPtrArray) some = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  g_ptr_array_add (list, (gpointer) "");
  g_ptr_array_add (list, (gpointer) "the");
  some = pn_cluster_texts (list, "en"); /* small words alone are like nothing */
  g_assert_cmpuint (some->len, ==, 2);
}

/* What may be a person's is not kept. */
static void
test_fit (void)
{
  static const struct {
    const char *text;
    gboolean is_fit;
  } rows[] = {
    { "reset password", TRUE },
    { "ada@customer.example", FALSE },
    { "DE89 3704 0044", FALSE },
    { "error 404", TRUE },
    { "", FALSE },
    { "7", FALSE },
    { "Kündigung des Abos", TRUE },
    { "+49 170 1234567", FALSE },
    { "a", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].text);
    g_assert_cmpint (pn_asked_is_fit (rows[i].text), ==, rows[i].is_fit);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb/cluster/alike", test_cluster);
  g_test_add_func ("/kb/cluster/empty", test_empty);
  g_test_add_func ("/kb/asked/fit", test_fit);
  return g_test_run ();
}
