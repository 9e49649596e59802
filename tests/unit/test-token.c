#include "ticketing/core/token.h"

#include <string.h>

#include "tests/lib/test.h"

#define TRIES 100000
#define RANDOM_TRIES 1000000
#define NOW (1795000000 * PN_SECOND)

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void
test_round_trip (void)
{
  static const gint64 ids[] = { 0, 1, 1042, G_MAXINT32, G_MAXINT64, -1 };
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnSecret) retired = pn_secret_new_random (PN_KEY_BYTES);

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *token = pn_token_make (key, PN_TOKEN_REPLY, ids[i], 0);
    g_autofree char *upper = g_ascii_strup (token, -1);
    g_autofree char *longer = g_strconcat (token, "a", NULL);
    gint64 id = 77;

    g_assert_cmpuint (strspn (token, alphabet), ==, PN_TOKEN_CHARACTERS);
    g_assert_cmpuint (strlen (token), ==, PN_TOKEN_CHARACTERS);
    g_assert_false (pn_token_read (key, PN_TOKEN_BOUNCE, token, NOW, &id));
    g_assert_false (pn_token_read (retired, PN_TOKEN_REPLY, token, NOW, &id));
    g_assert_false (pn_token_read (key, PN_TOKEN_REPLY, longer, NOW, &id));
    g_assert_cmpint (id, ==, 77);
    g_assert_true (pn_token_read (key, PN_TOKEN_REPLY, upper, NOW, &id));
    g_assert_cmpint (id, ==, ids[i]);
    g_assert_true (pn_token_read (key, PN_TOKEN_REPLY, token, NOW, &id));
    g_assert_cmpint (id, ==, ids[i]);
  }
}

static void
test_expiry (void)
{
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autofree char *token = pn_token_make (key, PN_TOKEN_SOLVED, 5, NOW + PN_DAY);
  g_autofree char *never = pn_token_make (key, PN_TOKEN_SOLVED, 5, 0);
  g_autofree char *ancient = pn_token_make (key, PN_TOKEN_SOLVED, 5, 1);
  gint64 id = 0;

  g_assert_true (pn_token_read (key, PN_TOKEN_SOLVED, token, NOW + PN_DAY, &id));
  g_assert_false (pn_token_read (key, PN_TOKEN_SOLVED, token, NOW + PN_DAY + PN_SECOND, &id));
  g_assert_true (pn_token_read (key, PN_TOKEN_SOLVED, never, G_MAXINT64, &id));
  g_assert_false (pn_token_read (key, PN_TOKEN_SOLVED, ancient, NOW, &id));
}

static void
test_nonsense (void)
{
  static const char *const cases[] = { NULL,
                                       "",
                                       "%",
                                       "_",
                                       "a",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                       "0000000000000000000000000000000000000000",
                                       "aaaaaaaaaaaaaaaaaaa\xc3\xa4"
                                       "aaaaaaaaaaaaaaaaaaa" };
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  gint64 id = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_false (pn_token_read (key, PN_TOKEN_REPLY, cases[i], NOW, &id));
}

/* TRUST.md row 7: a million guesses, and every bit of the mark counts. */
static void
test_random_tokens (void)
{
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  guint accepted = 0;

  for (guint i = 0; i < RANDOM_TRIES; i++) {
    guint8 bytes[PN_TOKEN_CHARACTERS];
    char text[PN_TOKEN_CHARACTERS + 1];
    gint64 id = 0;

    pn_secret_random (bytes, sizeof bytes);
    for (guint c = 0; c < PN_TOKEN_CHARACTERS; c++)
      text[c] = alphabet[bytes[c] % 32];
    text[PN_TOKEN_CHARACTERS] = '\0';
    /* Half of them look like ours: version 1, purpose reply. */
    if (i % 2 == 0)
      memcpy (text, "ce", 2);
    accepted += pn_token_read (key, PN_TOKEN_REPLY, text, NOW, &id) ? 1 : 0;
  }
  g_assert_cmpuint (accepted, ==, 0);
}

/* Every token with one bit changed, for many tokens. */
static void
test_flipped_bits (void)
{
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  guint accepted = 0;
  guint tried = 0;

  for (gint64 ticket = 1; tried < TRIES; ticket++) {
    g_autofree char *token = pn_token_make (key, PN_TOKEN_REPLY, ticket, 0);

    for (guint place = 0; place < PN_TOKEN_CHARACTERS * 5; place++, tried++) {
      char kept = token[place / 5];
      gint64 id = 0;

      token[place / 5] = alphabet[(strchr (alphabet, kept) - alphabet) ^ (1 << place % 5)];
      accepted += pn_token_read (key, PN_TOKEN_REPLY, token, NOW, &id) ? 1 : 0;
      token[place / 5] = kept;
    }
  }
  g_assert_cmpuint (accepted, ==, 0);
}

static void
test_random_and_mac (void)
{
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autofree char *one = pn_token_random ();
  g_autofree char *two = pn_token_random ();
  guint8 a[PN_TOKEN_MAC_BYTES];
  guint8 b[PN_TOKEN_MAC_BYTES];

  g_assert_cmpuint (strlen (one), ==, PN_TOKEN_RANDOM_CHARACTERS);
  g_assert_cmpstr (one, !=, two);
  pn_token_mac (key, "ab", "c", 1, a);
  pn_token_mac (key, "ab", "c", 1, b);
  g_assert_true (pn_token_equal (a, b, sizeof a));
  pn_token_mac (key, "a", "bc", 2, b);
  g_assert_false (pn_token_equal (a, b, sizeof a));
}

/* RFC 4648, 10, in the other alphabet and without padding. */
static void
test_base64url (void)
{
  static const struct {
    const char *bytes;
    const char *text;
  } cases[] = {
    { "", "" },
    { "f", "Zg" },
    { "fo", "Zm8" },
    { "foo", "Zm9v" },
    { "foobar", "Zm9vYmFy" },
    { "\xfb\xef\xff", "--__" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        pn_token_base64url ((const guint8 *) cases[i].bytes, strlen (cases[i].bytes));

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_secret_library_start ();
  g_test_add_func ("/token/round-trip", test_round_trip);
  g_test_add_func ("/token/expiry", test_expiry);
  g_test_add_func ("/token/nonsense", test_nonsense);
  g_test_add_func ("/token/row-7-random-tokens", test_random_tokens);
  g_test_add_func ("/token/row-7-flipped-bits", test_flipped_bits);
  g_test_add_func ("/token/random-and-mac", test_random_and_mac);
  g_test_add_func ("/token/base64url", test_base64url);
  return g_test_run ();
}
