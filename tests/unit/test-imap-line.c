#include "gateway/mail/imap_line.h"

#include "tests/lib/test.h"

static const struct {
  const char *line;
  PnImapLineKind kind;
  const char *code;
  const char *words;
} cases[] = {
  { "+ idling", PN_IMAP_LINE_CONTINUE, "", "idling" },
  { "+", PN_IMAP_LINE_CONTINUE, "", "" },
  { "+ eyJ9", PN_IMAP_LINE_CONTINUE, "", "eyJ9" },
  { "+x", PN_IMAP_LINE_JUNK, "", "" },
  { "* 2 EXISTS", PN_IMAP_LINE_UNTAGGED, "", "2 EXISTS" },
  { "* OK still here", PN_IMAP_LINE_UNTAGGED, "", "OK still here" },
  { "* BYE tired", PN_IMAP_LINE_BYE, "", "tired" },
  { "* bye", PN_IMAP_LINE_BYE, "", "" },
  { "* BYELAW", PN_IMAP_LINE_UNTAGGED, "", "BYELAW" },
  { "7 OK done", PN_IMAP_LINE_OK, "", "done" },
  { "7 ok", PN_IMAP_LINE_OK, "", "" },
  { "7 NO [AUTHENTICATIONFAILED] wrong", PN_IMAP_LINE_NO, "AUTHENTICATIONFAILED", "wrong" },
  { "7 NO [X 1 2] wrong", PN_IMAP_LINE_NO, "X", "wrong" },
  { "7 NO [open", PN_IMAP_LINE_NO, "", "[open" },
  { "7 BAD what?", PN_IMAP_LINE_BAD, "", "what?" },
  { "7 BYE", PN_IMAP_LINE_JUNK, "", "BYE" },
  { "70 OK done", PN_IMAP_LINE_JUNK, "", "" },
  { "8 OK done", PN_IMAP_LINE_JUNK, "", "" },
  { "OK done", PN_IMAP_LINE_JUNK, "", "" },
  { "*", PN_IMAP_LINE_JUNK, "", "" },
  { "", PN_IMAP_LINE_JUNK, "", "" },
  { "HTTP/1.1 400 Bad Request", PN_IMAP_LINE_JUNK, "", "" },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *code = NULL;
    g_autofree char *words = NULL;

    g_test_message ("%s", cases[i].line);
    g_assert_cmpint (pn_imap_line_read (cases[i].line, "7", &code, &words), ==, cases[i].kind);
    g_assert_cmpstr (code, ==, cases[i].code);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/imap-line/cases", test_cases);
  return g_test_run ();
}
