#include "gateway/mail/mime_body.h"

#include <string.h>

#include "gateway/mail/flowed.h"
#include "gateway/mail/html_text.h"
#include "gateway/mail/mime_read.h"
#include "gateway/mail/mime_text.h"
#include "gateway/mail/mime_type.h"
#include "gateway/mail/uuencode.h"
#include "templates/sanitise.h"
#include "ticketing/core/label.h"
#include "ticketing/core/sha256.h"

#define REPORT_BYTES_MAX (256 * 1024)

/* The bodies found so far, of one group of alternatives. */
typedef struct {
  guint group;
  char *plain;
  char *html;
} Body;

static gboolean
is_type (const PnMimePart *part, const char *type)
{
  return strcmp (part->type->value, type) == 0;
}

static const char *
said_name (const PnMimePart *part)
{
  const char *name = pn_mime_params_get (part->disposition, "filename");

  if (name == NULL || *name == '\0')
    name = pn_mime_params_get (part->type, "name");
  return name != NULL && *name != '\0' ? name : NULL;
}

static gboolean
is_text (const PnMimePart *part)
{
  return is_type (part, "text/plain") || is_type (part, "text/html") || is_type (part, "text")
         || is_type (part, "text/enriched") || is_type (part, "html") || *part->type->value == '\0'
         || is_type (part, "plain/text");
}

static gboolean
is_html (const PnMimePart *part)
{
  return is_type (part, "text/html") || is_type (part, "html");
}

/* Whether a leaf is part of the letter itself. */
static gboolean
is_body (const PnMimePart *part)
{
  if (!is_text (part) || part->is_message || strcmp (part->disposition->value, "attachment") == 0)
    return FALSE;
  return said_name (part) == NULL
         || (part->in_related && is_html (part) && part->content_id == NULL);
}

/* Finds "charset=" in the first bytes of HTML that does not say it in the header. */
static char *
html_charset (const char *bytes, gsize size_bytes)
{
  g_autofree char *head = g_ascii_strdown (bytes, (gssize) MIN (size_bytes, 1024));
  const char *found = strstr (head, "charset=");

  if (found == NULL)
    return NULL;
  found += 8 + strspn (found + 8, "\"' ");
  gsize n = strcspn (found, "\"' />;");
  return n > 0 && n < 40 ? g_strndup (found, n) : NULL;
}

static gboolean
is_flowed (const PnMimePart *part)
{
  const char *format = pn_mime_params_get (part->type, "format");

  return format != NULL && g_ascii_strcasecmp (format, "flowed") == 0 && !is_html (part);
}

/* Returns: (owned) @text (taken) with its paragraphs whole. */
static char *
join_flowed (const PnMimePart *part, char *text)
{
  const char *del_sp = pn_mime_params_get (part->type, "delsp");
  char *joined = pn_flowed_join (text, del_sp != NULL && g_ascii_strcasecmp (del_sp, "yes") == 0);

  g_free (text);
  return joined;
}

/* Returns: (owned) a text leaf as clean UTF-8. */
static char *
part_text (PnMail *mail, const PnMimePart *part, gsize limit_bytes)
{
  gsize size;
  const char *bytes = g_bytes_get_data (part->bytes, &size);
  const char *charset = pn_mime_params_get (part->type, "charset");
  g_autofree char *meta = NULL;
  gboolean is_guess = FALSE;
  char *text;

  if (size > limit_bytes)
    size = limit_bytes;
  if (charset == NULL && is_html (part) && size > 0)
    charset = meta = html_charset (bytes, size);
  text = pn_mime_text_decode (bytes != NULL ? bytes : "", size, charset, &is_guess);
  if (is_guess && charset != NULL) {
    g_autofree char *cut = g_strndup (charset, 40);
    g_autofree char *valid = g_utf8_make_valid (cut, -1);
    g_autofree char *shown = pn_mime_text_line (valid);

    g_ptr_array_add (mail->defects,
                     g_strdup_printf ("a text is not in the charset that it names (%s)", shown));
  }
  pn_mime_text_clean (text);
  return is_flowed (part) ? join_flowed (part, text) : text;
}

static void
body_free (gpointer data)
{
  Body *body = data;

  g_free (body->plain);
  g_free (body->html);
  g_free (body);
}

/* Appends @text to the body of its group; alternatives of one kind count once. */
static void
body_add (GPtrArray *bodies, const PnMimePart *part, char *text)
{
  Body *body = bodies->len > 0 ? g_ptr_array_index (bodies, bodies->len - 1) : NULL;

  if (body == NULL || body->group != part->group) {
    body = g_new0 (Body, 1);
    body->group = part->group;
    g_ptr_array_add (bodies, body);
  }
  char **slot = is_html (part) ? &body->html : &body->plain;
  if (*slot != NULL) {
    char *joined = g_strconcat (*slot, "\n", text, NULL);

    g_free (*slot);
    g_free (text);
    text = joined;
  }
  *slot = text;
}

static gboolean
is_blank (const char *text)
{
  return text == NULL || text[strspn (text, " \t\n")] == '\0';
}

static PnAttachment *
attachment_make (GBytes *bytes, const char *name, const char *declared_type)
{
  PnAttachment *attachment = pn_attachment_new ();
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  g_free (attachment->name);
  g_free (attachment->type);
  g_free (attachment->declared_type);
  g_free (attachment->sha256);
  attachment->name = g_strdup (name);
  attachment->declared_type = g_strdup (declared_type);
  attachment->type = pn_mime_type_of (data, size);
  attachment->size_bytes = (gint64) size;
  attachment->sha256 = pn_sha256_of (bytes);
  attachment->bytes = g_bytes_ref (bytes);
  return attachment;
}

/* Returns: (owned) what to call a leaf. */
static char *
part_name (const PnMimePart *part)
{
  const char *said = said_name (part);
  g_autofree char *clean = said != NULL ? pn_label_clean (said) : NULL;
  g_autofree char *subject = NULL;

  if (clean != NULL)
    return g_steal_pointer (&clean);
  if (part->is_message || is_type (part, "text/rfc822-headers")) {
    g_autofree char *raw = pn_mime_parts_field (part->bytes, "Subject");

    subject = raw != NULL ? pn_mime_header_decode (raw, strlen (raw), NULL) : NULL;
  }
  if (is_blank (subject) && part->description != NULL) {
    g_free (subject);
    subject = g_strdup (part->description);
  }
  return pn_label_make (part->type->value, is_blank (subject) ? NULL : subject);
}

static void
add_attachment (PnMail *mail, const PnMimePart *part)
{
  g_autofree char *name = part_name (part);
  PnAttachment *attachment = attachment_make (part->bytes, name, part->type->value);

  attachment->content_id = g_strdup (part->content_id);
  attachment->is_inline = strcmp (part->disposition->value, "attachment") != 0
                          && (part->in_related || strcmp (part->disposition->value, "inline") == 0)
                          && part->content_id != NULL;
  g_ptr_array_add (mail->attachments, attachment);
}

/* Takes files out of a plain text. Returns: (owned) what is left of @text (taken). */
static char *
take_uuencoded (PnMail *mail, char *text)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_uu_file_free);
  char *rest = pn_uuencode_extract (text, files);

  for (guint i = 0; i < files->len; i++) {
    const PnUuFile *file = g_ptr_array_index (files, i);
    g_autofree char *clean = pn_label_clean (file->name);

    g_ptr_array_add (mail->attachments,
                     attachment_make (file->bytes, clean != NULL ? clean : "file.bin",
                                      "application/octet-stream"));
  }
  if (rest == NULL)
    return text;
  g_free (text);
  return rest;
}

static void
take_body (PnMail *mail, GPtrArray *bodies, const PnMimePart *part)
{
  gsize size = g_bytes_get_size (part->bytes);
  char *text = part_text (mail, part, PN_PARSE_TEXT_BYTES_MAX);

  if (size > PN_PARSE_TEXT_BYTES_MAX) {
    g_ptr_array_add (
        mail->defects,
        g_strdup ("a text of more than 2 MiB was cut; all of it is in the attachment"));
    add_attachment (mail, part);
  }
  if (!is_html (part))
    text = take_uuencoded (mail, text);
  body_add (bodies, part, text);
}

/* Where no leaf is the letter for certain: a first text is it even with a name (then it is an attachment as well), unless
 * it wants to be one only. */
static void
take_named_body (PnMail *mail, GPtrArray *bodies, const PnMimeParts *parts)
{
  for (guint i = 0; i < parts->parts->len; i++) {
    const PnMimePart *part = g_ptr_array_index (parts->parts, i);
    gboolean is_all = parts->parts->len == 1;

    if (is_text (part) && !part->is_message
        && (is_all || strcmp (part->disposition->value, "attachment") != 0)) {
      body_add (bodies, part, part_text (mail, part, PN_PARSE_TEXT_BYTES_MAX));
      return;
    }
  }
}

/* The HTML of the mail, if all of its letter is in HTML. */
static void
join_html (PnMail *mail, const GPtrArray *bodies)
{
  g_autoptr (GString) html = g_string_new (NULL);

  for (guint i = 0; i < bodies->len; i++) {
    const Body *body = g_ptr_array_index (bodies, i);

    if (body->html == NULL && !is_blank (body->plain))
      return;
    if (body->html != NULL)
      g_string_append (html, body->html);
  }
  if (html->len == 0)
    return;
  if (html->len > PN_PARSE_HTML_BYTES_MAX) {
    g_ptr_array_add (mail->defects, g_strdup ("HTML of more than 1 MiB is shown as text"));
    return;
  }
  mail->html = pn_sanitise_html (html->str, html->len, NULL);
  if (mail->html == NULL)
    g_ptr_array_add (mail->defects,
                     g_strdup ("its HTML is too deeply nested: it is shown as text"));
}

static void
join_text (PnMail *mail, const GPtrArray *bodies)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < bodies->len; i++) {
    const Body *body = g_ptr_array_index (bodies, i);
    g_autofree char *made =
        is_blank (body->plain) && body->html != NULL ? pn_html_text_marked (body->html) : NULL;
    const char *plain = made != NULL ? made : body->plain;

    if (is_blank (plain))
      continue;
    if (text->len > 0 && text->str[text->len - 1] != '\n')
      g_string_append_c (text, '\n');
    g_string_append (text, plain);
  }
  g_free (mail->text);
  mail->text = g_strdup (text->str);
}

void
pn_mime_body_read (PnMail *mail, const PnMimeParts *parts)
{
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (body_free);

  for (guint i = 0; i < parts->parts->len; i++) {
    const PnMimePart *part = g_ptr_array_index (parts->parts, i);

    if (is_body (part))
      take_body (mail, bodies, part);
    else if (g_bytes_get_size (part->bytes) > 0 || said_name (part) != NULL)
      add_attachment (mail, part);
  }
  if (bodies->len == 0)
    take_named_body (mail, bodies, parts);
  join_html (mail, bodies);
  join_text (mail, bodies);
}

const char *
pn_mime_body_charset (const PnMimeParts *parts)
{
  for (guint i = 0; i < parts->parts->len; i++) {
    const PnMimePart *part = g_ptr_array_index (parts->parts, i);
    const char *charset = pn_mime_params_get (part->type, "charset");

    if (is_text (part) && charset != NULL)
      return charset;
  }
  return NULL;
}

/* Returns: (owned) the method that a calendar object itself names (RFC 5546), lower case; NULL when it is no message but
 * an event that somebody shows. */
static char *
said_method (const PnMimePart *part)
{
  static const char *const methods[] = { "reply", "request", "cancel", "counter" };
  gsize size;
  const char *bytes = g_bytes_get_data (part->bytes, &size);
  g_autofree char *head = g_ascii_strdown (bytes != NULL ? bytes : "", (gssize) MIN (size, 2048));
  const char *line = strstr (head, "\nmethod:");

  for (gsize i = 0; line != NULL && i < G_N_ELEMENTS (methods); i++) {
    if (g_str_has_prefix (line + strlen ("\nmethod:"), methods[i]))
      return g_strdup (methods[i]);
  }
  return NULL;
}

char *
pn_mime_body_calendar (const PnMimeParts *parts)
{
  for (guint i = 0; i < parts->parts->len; i++) {
    const PnMimePart *part = g_ptr_array_index (parts->parts, i);
    const char *method = pn_mime_params_get (part->type, "method");
    char *said;

    if (!is_type (part, "text/calendar"))
      continue;
    if (method != NULL)
      return g_ascii_strdown (method, -1);
    if (strcmp (part->disposition->value, "attachment") != 0 && (said = said_method (part)) != NULL)
      return said;
  }
  return NULL;
}

/* Returns: (owned) a part of a report as text, LF, at most REPORT_BYTES_MAX. */
static char *
report_text (const PnMimePart *part)
{
  gsize size;
  const char *bytes = g_bytes_get_data (part->bytes, &size);
  char *text = pn_mime_text_decode (bytes != NULL ? bytes : "", MIN (size, REPORT_BYTES_MAX),
                                    pn_mime_params_get (part->type, "charset"), NULL);

  pn_mime_text_clean (text);
  return text;
}

static void
take (const char **slot, const PnMimePart *part)
{
  if (*slot == NULL)
    *slot = report_text (part);
}

PnReport *
pn_mime_report_read (const PnMimeParts *parts, const char *text)
{
  PnReport *report = g_new0 (PnReport, 1);
  const char *type = pn_mime_params_get (parts->type, "report-type");

  if (strcmp (parts->type->value, "multipart/report") == 0 && type != NULL)
    report->report_type = g_ascii_strdown (type, -1);
  report->text = g_strdup (text);
  for (guint i = 0; i < parts->parts->len; i++) {
    const PnMimePart *part = g_ptr_array_index (parts->parts, i);

    if (is_type (part, "message/delivery-status")
        || is_type (part, "message/global-delivery-status"))
      take (&report->delivery_status, part);
    else if (is_type (part, "message/feedback-report"))
      take (&report->feedback, part);
    else if (is_type (part, "message/disposition-notification"))
      take (&report->disposition, part);
    else if (part->is_message || is_type (part, "text/rfc822-headers")
             || is_type (part, "text/rfc822"))
      take (&report->original, part);
  }
  return report;
}

void
pn_mime_report_free (PnReport *report)
{
  if (report == NULL)
    return;
  g_free ((char *) report->report_type);
  g_free ((char *) report->delivery_status);
  g_free ((char *) report->feedback);
  g_free ((char *) report->disposition);
  g_free ((char *) report->text);
  g_free ((char *) report->original);
  g_free (report);
}
