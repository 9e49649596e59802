#include "gateway/mail/address.h"

#include "tests/lib/test.h"

static void
test_read (void)
{
  static const struct {
    const char *text;
    const char *name;
    const char *address;
  } cases[] = {
    { "A B <a@X.Example>", "A B", "a@x.example" },
    { "\"B, A\" <a@x.example>", "B, A", "a@x.example" },
    { "B, A <a@x.example>", "B, A", "a@x.example" },
    { "a@x.example", "", "a@x.example" },
    { "a@x.example (A B)", "A B", "a@x.example" },
    { "A B (sales) <a@x.example>", "A B", "a@x.example" },
    { "A B a@x.example", "A B", "a@x.example" },
    { "A B a@x.example>", "A B", "a@x.example" },
    { "A B <a@x.example", "A B", "a@x.example" },
    { "A B <<a@x.example>>", "A B", "a@x.example" },
    { "A B < a@x.example >", "A B", "a@x.example" },
    { "A B <a @ x.example>", "A B", "a@x.example" },
    { "A B <a\xe2\x80\xa8z@x.example>", "A B", "az@x.example" },
    { "\"A B <a@x.example>", "A B", "a@x.example" },
    { "'A B' <a@x.example>", "A B", "a@x.example" },
    { "A B <mailto:a@x.example>", "A B", "a@x.example" },
    { "A <a@x.example<mailto:a@x.example>>", "A", "a@x.example" },
    { "<@r.example,@s.example:a@x.example>", "", "a@x.example" },
    { "a@x.example <a@x.example>", "", "a@x.example" },
    { "=?utf-8?q?B=2C_A?= <a@x.example>", "B, A", "a@x.example" },
    { "=?utf-8?b?w7w=?= =?utf-8?b?w7w=?= <a@x.example>", "üü", "a@x.example" },
    { "=?utf-8?q?A_=3Ca=40x=2Eexample=3E?=", "A", "a@x.example" },
    { "MAILER-DAEMON", "", "MAILER-DAEMON" },
    { "friends: a@x.example, b@x.example;", "", "a@x.example" },
    { "undisclosed-recipients:;", "", "" },
    { "", "", "" },
    { "<>", "", "" },
    { "\\\"A\\\" <a@x.example>", "\\A\\", "a@x.example" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnAddress) address = pn_address_read (cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (address->name, ==, cases[i].name);
    g_assert_cmpstr (address->address, ==, cases[i].address);
  }
}

static void
test_lists (void)
{
  static const struct {
    const char *text;
    guint n;
    const char *last;
  } cases[] = {
    { "a@x.example, b@x.example", 2, "b@x.example" },
    { "a@x.example; b@x.example", 2, "b@x.example" },
    { "g: a@x.example, h: b@x.example; , c@x.example;", 3, "c@x.example" },
    { "\"a, b\" <a@x.example>, B, C <b@x.example>,", 2, "b@x.example" },
    { ",,,;;;", 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) list = pn_address_read_list (cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpuint (list->len, ==, cases[i].n);
    if (list->len > 0)
      g_assert_cmpstr (((PnAddress *) g_ptr_array_index (list, list->len - 1))->address, ==,
                       cases[i].last);
  }
}

static void
test_bounded (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 5000; i++)
    g_string_append (text, "a@x.example,");
  g_autoptr (GPtrArray) list = pn_address_read_list (text->str);
  g_assert_cmpuint (list->len, ==, PN_ADDRESS_LIST_MAX);
}

static void
test_valid (void)
{
  static const struct {
    const char *address;
    gboolean is_valid;
  } cases[] = {
    { "a@x.example", TRUE },   { "a", FALSE },
    { "@x.example", FALSE },   { "a@", FALSE },
    { "a@b@c", FALSE },        { "a@x y", FALSE },
    { "a@-x", FALSE },         { "a@.x", FALSE },
    { "a@[192.0.2.1]", TRUE }, { "ü@bücher.example", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].address);
    g_assert_cmpint (pn_address_is_valid (cases[i].address), ==, cases[i].is_valid);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/address/read", test_read);
  g_test_add_func ("/address/lists", test_lists);
  g_test_add_func ("/address/bounded", test_bounded);
  g_test_add_func ("/address/valid", test_valid);
  return g_test_run ();
}
