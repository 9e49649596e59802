#include "gateway/clerk/loop.h"

#include <string.h>

#include "ticketing/core/reason.h"
#include "ticketing/core/token.h"
#include "ticketing/message.h"
#include "ticketing/rate.h"

#define OWN_ID_PREFIX "p1."
#define TICKET_WINDOW (10 * PN_MINUTE)

gboolean
pn_loop_is_own (const PnClerk *clerk, const PnMail *mail, gint64 *letter_id)
{
  const char *mid = mail->message_id;
  const char *at = mid != NULL ? strchr (mid, '@') : NULL;
  g_autofree char *token = NULL;

  if (at == NULL || g_ascii_strncasecmp (mid, OWN_ID_PREFIX, strlen (OWN_ID_PREFIX)) != 0)
    return FALSE;
  token = g_strndup (mid + strlen (OWN_ID_PREFIX), at - mid - strlen (OWN_ID_PREFIX));
  return pn_token_read (clerk->key, PN_TOKEN_MESSAGE_ID, token, pn_clock_now (), letter_id);
}

/* Does it carry the mark that all our letters carry? */
static gboolean
has_own_mark (const PnClerk *clerk, const PnMail *mail)
{
  gint64 letter_id;

  return pn_token_read (clerk->key, PN_TOKEN_IDENTITY, pn_mail_header (mail, "X-Postern-Id"),
                        pn_clock_now (), &letter_id);
}

const char *
pn_loop_obvious (const PnClerk *clerk, const PnMail *mail)
{
  if (has_own_mark (clerk, mail))
    return pn_reason (PN_WHY_LOOP_OWN_MAIL);
  if (pn_book_owns (clerk->book, mail->from->address))
    return pn_reason (PN_WHY_LOOP_OWN_ADDRESS);
  if (mail->sender != NULL && pn_book_owns (clerk->book, mail->sender->address))
    return pn_reason (PN_WHY_LOOP_OWN_SENDER);
  if (mail->received_count > PN_LOOP_RECEIVED_MAX)
    return pn_reason (PN_WHY_LOOP_SERVERS);
  return NULL;
}

static gboolean
has_body (const PnMail *mail)
{
  return mail->content_digest != NULL && *mail->content_digest != '\0';
}

/* Returns: (owned) the name of the limit of same texts. */
static char *
name_body (const PnMail *mail)
{
  g_autofree char *from = g_utf8_strdown (mail->from->address, -1);

  return g_strdup_printf ("body:%s:%s", from, mail->content_digest);
}

void
pn_loop_add_keys (const PnMail *mail, GPtrArray *keys)
{
  g_autofree char *key = has_body (mail) ? name_body (mail) : NULL;
  guint8 hash[PN_SHA256_BYTES];

  if (key == NULL)
    return;
  pn_rate_key (key, PN_HOUR, hash);
  g_ptr_array_add (keys, g_bytes_new (hash, sizeof hash));
}

static gboolean
count_body (const PnClerk *clerk, const PnMail *mail, gboolean *is_allowed, GError **error)
{
  g_autofree char *key = name_body (mail);

  return pn_rate_hit (clerk->db, key, PN_HOUR, PN_LOOP_BODY_MAX, is_allowed, error);
}

gboolean
pn_loop_check (const PnClerk *clerk, const PnMail *mail, gint64 ticket_id, char **reason,
               GError **error)
{
  const char *found = pn_loop_obvious (clerk, mail);
  gboolean is_allowed = TRUE;
  gint64 count = 0;

  *reason = NULL;
  if (found == NULL && has_body (mail) && !count_body (clerk, mail, &is_allowed, error))
    return FALSE;
  if (found == NULL && ticket_id != 0
      && !pn_message_count_since (clerk->db, ticket_id, mail->from->address,
                                  pn_clock_now () - TICKET_WINDOW, &count, error))
    return FALSE;
  if (!is_allowed)
    found = pn_reason (PN_WHY_LOOP_SAME_TEXT);
  else if (count > PN_LOOP_TICKET_MAX)
    found = pn_reason (PN_WHY_LOOP_MANY);
  *reason = g_strdup (found);
  return TRUE;
}
