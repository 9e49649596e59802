#include "gateway/clerk/intake_key.h"

#include <string.h>

#define GROUP "all"

/* Fields are told apart by a NUL, which no text of a mail holds. */
static void
add_field (PnSha256 *sum, const char *text)
{
  const char *value = text != NULL ? text : "";

  pn_sha256_add (sum, value, strlen (value) + 1);
}

static void
add_number (PnSha256 *sum, gint64 number)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  add_field (sum, text);
}

static void
add_bytes (PnSha256 *sum, const guint8 *bytes)
{
  pn_sha256_add (sum, bytes, PN_SHA256_BYTES);
}

static void
add_mail (PnSha256 *sum, const PnDelivery *delivery, const PnMail *mail)
{
  g_autofree char *from = g_utf8_strdown (mail->from->address, -1);

  add_field (sum, "p1");
  add_field (sum, GROUP);
  add_field (sum, mail->message_id);
  add_number (sum, mail->date);
  add_field (sum, from);
  add_field (sum, mail->subject);
  add_field (sum, mail->content_digest);
  if (mail->message_id == NULL)
    add_field (sum, pn_mail_header (mail, "Received"));
  if (mail->message_id == NULL && mail->date == 0)
    add_number (sum, delivery->internal_date);
}

static void
add_form (PnSha256 *sum, const PnDelivery *delivery)
{
  add_field (sum, "form");
  if (delivery->has_form_key)
    add_bytes (sum, delivery->form_key);
  else
    add_number (sum, delivery->id);
}

void
pn_intake_key (const PnDelivery *delivery, const PnMail *mail, guint8 key[PN_SHA256_BYTES])
{
  g_autoptr (PnSha256) sum = pn_sha256_new ();

  if (delivery->format == PN_FORMAT_JSON) {
    add_form (sum, delivery);
  } else if (mail->content_digest != NULL && *mail->content_digest != '\0') {
    add_mail (sum, delivery, mail);
  } else {
    add_field (sum, "raw");
    add_bytes (sum, delivery->raw_sha);
  }
  pn_sha256_end (sum, key);
}
