#include "gateway/mail/smtp_line.h"

#include <string.h>

#include "gateway/mail/stream.h"
#include "ticketing/core/error.h"

#define TEXT_BYTES 1000

/* -- replies ---------------------------------------------------------------------------------------------------- */

/* Returns: the length of "5.1.1" at the start of @text, 0 when there is none. */
static gsize
enhanced_length (const char *text)
{
  gsize length = 1;

  if (strchr ("245", text[0]) == NULL || text[0] == '\0')
    return 0;
  for (int part = 0; part < 2; part++) {
    gsize digits = 0;

    if (text[length] != '.')
      return 0;
    length++;
    while (digits < 3 && g_ascii_isdigit (text[length + digits]))
      digits++;
    if (digits == 0)
      return 0;
    length += digits;
  }
  return text[length] == ' ' || text[length] == '\0' ? length : 0;
}

static void
add_text (PnSmtpReply *reply, const char *text)
{
  g_autofree char *words = pn_stream_clean_words (text);
  char *joined;

  if (reply->text == NULL) {
    reply->text = g_steal_pointer (&words);
    return;
  }
  if (strlen (reply->text) + strlen (words) > TEXT_BYTES)
    return;
  joined = g_strstrip (g_strconcat (reply->text, " ", words, NULL));
  g_free (reply->text);
  reply->text = joined;
}

gboolean
pn_smtp_reply_read_line (PnSmtpReply *reply, const char *line, gboolean *is_last)
{
  int code = 0;
  gsize length;
  const char *text;

  for (int i = 0; i < 3; i++) {
    if (!g_ascii_isdigit (line[i]))
      return FALSE;
    code = code * 10 + (line[i] - '0');
  }
  if (code < 200 || code > 599 || (line[3] != ' ' && line[3] != '-' && line[3] != '\0'))
    return FALSE;
  if (reply->code != 0 && reply->code != code)
    return FALSE;
  text = line[3] == '\0' ? line + 3 : line + 4;
  length = enhanced_length (text);
  if (length > 0 && length < sizeof reply->enhanced) {
    memcpy (reply->enhanced, text, length);
    reply->enhanced[length] = '\0';
    text += length;
  }
  reply->code = code;
  *is_last = line[3] != '-';
  add_text (reply, text);
  return TRUE;
}

void
pn_smtp_reply_clear (PnSmtpReply *reply)
{
  g_free (reply->text);
  *reply = (PnSmtpReply){ 0 };
}

PnSmtpMeaning
pn_smtp_reply_meaning (const PnSmtpReply *reply, gboolean is_before_body)
{
  if (reply->code < 400)
    return PN_SMTP_GOOD;
  if (reply->code < 500 || strcmp (reply->enhanced, "5.2.2") == 0)
    return PN_SMTP_PASSING;
  return is_before_body && reply->code == 552 ? PN_SMTP_PASSING : PN_SMTP_FINAL;
}

/* -- offers ----------------------------------------------------------------------------------------------------- */

static void
read_mechanisms (PnSmtpOffer *offer, const char *list)
{
  g_auto (GStrv) names = g_strsplit_set (list, " \t=", PN_SMTP_LINES);

  for (char **name = names; *name != NULL; name++) {
    if (g_ascii_strcasecmp (*name, "PLAIN") == 0)
      offer->has_auth_plain = TRUE;
    else if (g_ascii_strcasecmp (*name, "LOGIN") == 0)
      offer->has_auth_login = TRUE;
    else if (g_ascii_strcasecmp (*name, "XOAUTH2") == 0)
      offer->has_auth_xoauth2 = TRUE;
    else if (g_ascii_strcasecmp (*name, "OAUTHBEARER") == 0)
      offer->has_auth_oauthbearer = TRUE;
  }
}

void
pn_smtp_offer_read_line (PnSmtpOffer *offer, const char *line)
{
  gsize length = strcspn (line, " =");
  g_autofree char *word = g_ascii_strup (line, (gssize) length);
  const char *rest = line[length] != '\0' ? line + length + 1 : "";

  if (strcmp (word, "STARTTLS") == 0)
    offer->has_starttls = TRUE;
  else if (strcmp (word, "DSN") == 0)
    offer->has_dsn = TRUE;
  else if (strcmp (word, "SMTPUTF8") == 0)
    offer->has_smtputf8 = TRUE;
  else if (strcmp (word, "AUTH") == 0)
    read_mechanisms (offer, rest);
  else if (strcmp (word, "SIZE") == 0) {
    offer->has_size = TRUE;
    offer->size_limit_bytes = (gint64) MIN (g_ascii_strtoull (rest, NULL, 10), G_MAXINT64);
  }
}

/* -- what we write ---------------------------------------------------------------------------------------------- */

static gboolean
is_plain_local (const char *local)
{
  for (const char *c = local; *c != '\0'; c++) {
    if ((guchar) *c <= ' ' || *c == 0x7f || strchr ("<>()[]\\,;:\"@", *c) != NULL)
      return FALSE;
  }
  return *local != '\0';
}

char *
pn_smtp_write_address (const char *address, gboolean *is_ascii, GError **error)
{
  g_autofree char *shown = pn_stream_clean_words (address);
  const char *at = strrchr (address, '@');
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;
  g_autofree char *written = NULL;

  if (at != NULL && g_utf8_validate (address, -1, NULL)) {
    local = g_strndup (address, (gsize) (at - address));
    domain = g_hostname_to_ascii (at + 1);
  }
  if (domain == NULL || *domain == '\0' || !is_plain_local (local)
      || strspn (domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
             != strlen (domain)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no address that mail can be sent to", shown);
    return NULL;
  }
  written = g_strconcat (local, "@", domain, NULL);
  if (strlen (written) > PN_SMTP_ADDRESS_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the address \"%s\" is longer than %d bytes", shown,
                  PN_SMTP_ADDRESS_BYTES);
    return NULL;
  }
  *is_ascii = g_str_is_ascii (local);
  return g_steal_pointer (&written);
}

gboolean
pn_smtp_is_word (const char *text, gsize limit)
{
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isgraph (text[i]) || strchr ("+=<>", text[i]) != NULL)
      return FALSE;
  }
  return length > 0 && length <= limit;
}
