#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/dot.h"
#include "gateway/mail/smtp_line.h"

static void
check_body (const guint8 *data, gsize size)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) cut = g_string_new (NULL);
  PnDot dot = { 0 };

  pn_dot_feed (&dot, (const char *) data, size, whole);
  pn_dot_end (&dot, whole);
  for (gsize i = 0; i < size; i++)
    pn_dot_feed (&dot, (const char *) data + i, 1, cut);
  pn_dot_end (&dot, cut);
  if (!g_string_equal (whole, cut))
    g_error ("the body depends on the cut");
  if (g_str_has_prefix (whole->str, ".\r\n") || strstr (whole->str, "\n.\r\n") != NULL
      || strlen (whole->str) != whole->len)
    g_error ("the body ends early");
}

static void
check_address (const char *text)
{
  gboolean is_ascii;
  g_autofree char *written = pn_smtp_write_address (text, &is_ascii, NULL);

  if (written != NULL
      && (strpbrk (written, " <>\r\n\t") != NULL || strlen (written) > PN_SMTP_ADDRESS_BYTES))
    g_error ("an address that is a command");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (PnSmtpReply) reply = { 0 };
  PnSmtpOffer offer = { 0 };
  gboolean is_last;

  check_body (data, size);
  check_address (text);
  for (char **line = lines; *line != NULL; line++) {
    if (!pn_smtp_reply_read_line (&reply, *line, &is_last))
      break;
    pn_smtp_reply_meaning (&reply, is_last);
  }
  pn_smtp_offer_read_line (&offer, text);
  return 0;
}
