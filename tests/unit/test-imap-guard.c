#include "gateway/mail/imap_guard.h"

#include <string.h>

#include "tests/lib/test.h"

#define LITERAL_LIMIT 50

/* NULL: may pass. "(" × 200 is written "#". */
static const struct {
  const char *text;
  const char *refused;
} cases[] = {
  { "* OK hello\r\n", NULL },
  { "* 1 FETCH (FLAGS (\\Seen) UID 5)\r\n", NULL },
  { "* 1 FETCH (UID 5 BODY[] {3}\r\na(b UID 6)\r\n1 OK done\r\n", NULL },
  { "* 1 FETCH (UID 5 BODY[] {0}\r\n)\r\n", NULL },
  { "* 1 FETCH (UID 5 BODY[] {50}\r\n12345678901234567890123456789012345678901234567890)\r\n",
    NULL },
  { "* 1 FETCH (UID 5 BODY[] {51}\r\n", "literal" },
  { "* 1 FETCH (UID 5 BODY[] {51+}\r\n", "literal" },
  { "* 1 FETCH (UID 5 BODY[] {4294967290}\r\n", "literal" },
  { "* 1 FETCH (UID 5 BODY[] {99999999999999999999999999}\r\n", "literal" },
  { "* 1 FETCH (BODYSTRUCTURE #\r\n", "nested" },
  { "* 1 FETCH (X \"#\")\r\n", NULL },
  { "* 1 FETCH (X \"a\\\"#\")\r\n", NULL },
  { "* 1 FETCH (X \"\\\\\"#\r\n", "nested" },
  { "* 1 FETCH (X \"#\r\n* 1 FETCH #\r\n", "nested" },
  { "* OK {40}\r\n* 1 FETCH #\r\n", "nested" },
  { "* OK {99}\r\n", NULL },
  { "* LIST () {40}\r\n* 1 FETCH #\r\n", "nested" },
  { "* 1 FETCH {40} text\r\n#\r\n", "nested" },
  { "* OK [BADCHARSET (x)] hi\r\n", "charset" },
  { "* OK [badcharset (x)] hi\r\n", "charset" },
  { "* OK [[BADCHARSET\r\n", "charset" },
  { "* OK [BADCHARS\r\nET\r\n", NULL },
  { ")))))))\r\n* 1 FETCH (((\r\n", NULL },
};

static char *
expand (const char *text)
{
  g_autofree char *many = g_strnfill (200, '(');
  g_auto (GStrv) parts = g_strsplit (text, "#", -1);

  return g_strjoinv (many, parts);
}

static const char *
feed (const char *text, gsize piece)
{
  PnImapGuard guard;
  gsize length = strlen (text);
  const char *refused = NULL;

  pn_imap_guard_init (&guard, LITERAL_LIMIT);
  for (gsize at = 0; at < length && refused == NULL; at += piece)
    refused = pn_imap_guard_feed (&guard, text + at, MIN (piece, length - at));
  return refused;
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = expand (cases[i].text);

    for (gsize piece = 1; piece < 70; piece++) {
      const char *refused = feed (text, piece);

      g_test_message ("%s: %s", cases[i].text, refused != NULL ? refused : "passes");
      if (cases[i].refused == NULL)
        g_assert_null (refused);
      else
        g_assert_true (refused != NULL && strstr (refused, cases[i].refused) != NULL);
    }
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/imap-guard/cases", test_cases);
  return g_test_run ();
}
