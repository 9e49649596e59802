#include "ticketing/core/label.h"

#include <string.h>

static const struct {
  const char *type;
  const char *stem;
  const char *extension;
} names[] = {
  { "message/rfc822", "message", "eml" },
  { "message/global", "message", "eml" },
  { "message/delivery-status", "delivery-status", "txt" },
  { "message/disposition-notification", "disposition-notification", "txt" },
  { "message/feedback-report", "feedback-report", "txt" },
  { "text/rfc822-headers", "headers", "txt" },
  { "text/calendar", "calendar", "ics" },
  { "text/html", "message", "html" },
  { "text/plain", "text", "txt" },
  { "text/csv", "table", "csv" },
  { "text/vcard", "contact", "vcf" },
  { "text/x-vcard", "contact", "vcf" },
  { "image/png", "image", "png" },
  { "image/jpeg", "image", "jpg" },
  { "image/jpg", "image", "jpg" },
  { "image/gif", "image", "gif" },
  { "image/webp", "image", "webp" },
  { "image/svg+xml", "image", "svg" },
  { "image/tiff", "image", "tif" },
  { "image/bmp", "image", "bmp" },
  { "application/pdf", "document", "pdf" },
  { "application/zip", "archive", "zip" },
  { "application/gzip", "archive", "gz" },
  { "application/json", "data", "json" },
  { "application/xml", "data", "xml" },
  { "text/xml", "data", "xml" },
  { "application/msword", "document", "doc" },
  { "application/rtf", "document", "rtf" },
  { "text/rtf", "document", "rtf" },
  { "application/ms-tnef", "winmail", "dat" },
  { "application/vnd.ms-tnef", "winmail", "dat" },
  { "application/pgp-signature", "signature", "asc" },
  { "application/pgp-encrypted", "version", "txt" },
  { "application/pkcs7-signature", "smime", "p7s" },
  { "application/x-pkcs7-signature", "smime", "p7s" },
  { "application/pkcs7-mime", "smime", "p7m" },
  { "application/x-pkcs7-mime", "smime", "p7m" },
  { "audio/mpeg", "audio", "mp3" },
  { "audio/wav", "audio", "wav" },
  { "audio/ogg", "audio", "ogg" },
  { "video/mp4", "video", "mp4" },
  { "video/quicktime", "video", "mov" },
};

/* Characters that are not there for the eye, or that turn the reading direction. */
static gboolean
is_shown (gunichar u)
{
  GUnicodeType type = g_unichar_type (u);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR
         && type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_SURROGATE && u != 0x115F
         && u != 0x1160 && u != 0x3164 && u != 0x2800 && u != 0xFFFD + 0x10000;
}

/* Cuts @name to the limit at a whole character, the extension kept. */
static char *
shorten (const char *name)
{
  const char *dot = strrchr (name, '.');
  gsize tail = dot != NULL && strlen (dot) <= 16 ? strlen (dot) : 0;
  const char *end = name + PN_LABEL_BYTES_MAX - tail;

  if (strlen (name) <= PN_LABEL_BYTES_MAX)
    return g_strdup (name);
  while (((guchar) *end & 0xC0) == 0x80)
    end--;
  g_autofree char *head = g_strndup (name, (gsize) (end - name));
  return g_strconcat (head, tail > 0 ? dot : "", NULL);
}

char *
pn_label_clean (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, (gssize) strnlen (name, 8192));
  g_autofree char *nfc = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *c = nfc != NULL ? nfc : valid; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar u = g_utf8_get_char (c);

    if (u == '/' || u == '\\')
      g_string_truncate (out, 0);
    else if (is_shown (u))
      g_string_append_unichar (out, g_unichar_isspace (u) ? ' ' : u);
  }
  g_strstrip (out->str);
  char *start = out->str;
  while (g_str_has_prefix (start, "..") || g_str_has_prefix (start, ". "))
    start++;
  if (strspn (start, ". ") == strlen (start))
    return NULL;
  return shorten (start);
}

char *
pn_label_make (const char *type, const char *stem)
{
  g_autofree char *clean = NULL;

  if (stem != NULL) {
    g_autofree char *flat = g_strdelimit (g_strdup (stem), "/\\", '_');

    clean = pn_label_clean (flat);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (type, names[i].type) == 0)
      return g_strdup_printf ("%s.%s", clean != NULL ? clean : names[i].stem, names[i].extension);
  }
  if (clean != NULL)
    return g_steal_pointer (&clean);
  if (g_str_has_prefix (type, "image/"))
    return g_strdup ("image");
  return g_strdup ("file.bin");
}
