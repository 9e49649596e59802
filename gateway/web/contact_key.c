#include "gateway/web/contact.h"

#include <string.h>

#include "ticketing/core/token.h"

#define KEY_LIFE PN_DAY
#define KEYLESS_WINDOW (10 * PN_MINUTE)
#define NONCE_CHARACTERS 32
#define WORK_MAX_CHARACTERS 20

static void
sign_key (const PnCall *call, const char *nonce, const char *expiry, char **signature)
{
  g_autofree char *text = g_strconcat (nonce, ".", expiry, NULL);
  guint8 mac[PN_TOKEN_MAC_BYTES];

  pn_token_mac (call->web->config.token_key, "web contact form", text, strlen (text), mac);
  *signature = pn_hex (mac, 16);
}

char *
pn_contact_make_key (const PnCall *call)
{
  g_autofree char *nonce = pn_token_random ();
  g_autofree char *expiry =
      g_strdup_printf ("%" G_GINT64_FORMAT, (pn_clock_now () + KEY_LIFE) / PN_SECOND);
  g_autofree char *signature = NULL;

  sign_key (call, nonce, expiry, &signature);
  return g_strjoin (".", nonce, expiry, signature, NULL);
}

gboolean
pn_contact_is_key (const PnCall *call, const char *key, gboolean *is_late)
{
  g_auto (GStrv) parts = g_strsplit (key, ".", 4);
  g_autofree char *signature = NULL;
  gint64 expiry;

  *is_late = FALSE;
  if (g_strv_length (parts) != 3 || strlen (parts[0]) != NONCE_CHARACTERS
      || !pn_call_read_number (parts[1], &expiry))
    return FALSE;
  sign_key (call, parts[0], parts[1], &signature);
  if (strlen (signature) != strlen (parts[2])
      || !pn_token_equal ((const guint8 *) signature, (const guint8 *) parts[2],
                          strlen (signature)))
    return FALSE;
  *is_late = pn_clock_now () / PN_SECOND > expiry;
  return !*is_late;
}

PnTime
pn_contact_age (const char *key)
{
  g_auto (GStrv) parts = g_strsplit (key, ".", 4);
  gint64 expiry = 0;

  if (g_strv_length (parts) != 3 || !pn_call_read_number (parts[1], &expiry))
    return 0;
  return pn_clock_now () - (expiry * PN_SECOND - KEY_LIFE);
}

gboolean
pn_contact_is_worked (const char *key, const char *work)
{
  g_autofree char *text = NULL;
  guint8 sha[PN_SHA256_BYTES];

  if (work == NULL || *work == '\0' || strlen (work) > WORK_MAX_CHARACTERS
      || strspn (work, "0123456789") != strlen (work))
    return FALSE;
  text = g_strconcat (key, ":", work, NULL);
  pn_sha256 (text, strlen (text), sha);
  for (int bit = 0; bit < PN_CONTACT_WORK_BITS; bit++) {
    if (sha[bit / 8] & (0x80 >> (bit % 8)))
      return FALSE;
  }
  return TRUE;
}

void
pn_contact_hash_key (const char *key, guint8 hash[PN_SHA256_BYTES])
{
  pn_sha256 (key, strlen (key), hash);
}

char *
pn_contact_natural_key (const PnContact *contact)
{
  const PnFormReading *reading = contact->reading;
  g_autofree char *answers = pn_form_answers_text (reading->answers);
  g_autofree char *text = g_strdup_printf (
      "%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%s", contact->queue->name,
      pn_form_reading_text (reading, "address"), pn_form_reading_text (reading, "subject"),
      pn_clock_now () / KEYLESS_WINDOW, pn_form_reading_text (reading, "text"), answers);
  guint8 sha[PN_SHA256_BYTES];

  pn_sha256 (text, strlen (text), sha);
  return pn_hex (sha, PN_SHA256_BYTES);
}
