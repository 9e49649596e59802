#include "ticketing/core/mail.h"

#include <string.h>

#include "ticketing/core/error.h"

/* The JSON form of a mail: tables of its fields, and one reader and one writer for each kind of field. The reader
 * trusts nobody: its document may come from a parser that a mail has taken over. */

#define LIST_LIMIT 100000
#define ZONE_LIMIT_MINUTES (24 * 60 - 1)

typedef enum {
  LINE,         /* char *, "" when missing, without control characters */
  LINE_OR_NULL, /* char *, NULL when missing */
  LINES,        /* GPtrArray of char * */
  TEXT,         /* char *, "" when missing, may have many lines */
  TEXT_OR_NULL,
  DIGEST, /* char *, 64 hex digits, "" when missing */
  DIGEST_IF_SET,
  COUNT, /* gint64 >= 0 */
  FLAG,
  ADDRESS,
  ADDRESS_OR_NULL,
  ADDRESSES,
  ATTACHMENTS,
  RECIPIENTS,
  BOUNCE,
  HEADERS,
  KIND,
  VERDICT,
  DATE, /* of a PnMail, with its zone */
  FORM_IF_SET,
} Shape;

typedef struct {
  const char *name;
  Shape shape;
  gsize offset;
} Field;

static const Field mail_fields[] = {
  { "message_id", LINE_OR_NULL, offsetof (PnMail, message_id) },
  { "in_reply_to", LINES, offsetof (PnMail, in_reply_to) },
  { "references", LINES, offsetof (PnMail, references) },
  { "date", DATE, 0 },
  { "subject", LINE, offsetof (PnMail, subject) },
  { "from", ADDRESS, offsetof (PnMail, from) },
  { "sender", ADDRESS_OR_NULL, offsetof (PnMail, sender) },
  { "reply_to", ADDRESSES, offsetof (PnMail, reply_to) },
  { "to", ADDRESSES, offsetof (PnMail, to) },
  { "cc", ADDRESSES, offsetof (PnMail, cc) },
  { "text", TEXT, offsetof (PnMail, text) },
  { "html", TEXT_OR_NULL, offsetof (PnMail, html) },
  { "reply", TEXT, offsetof (PnMail, reply) },
  { "attachments", ATTACHMENTS, offsetof (PnMail, attachments) },
  { "kind", KIND, offsetof (PnMail, kind) },
  { "auto_reasons", LINES, offsetof (PnMail, auto_reasons) },
  { "bounce", BOUNCE, offsetof (PnMail, bounce) },
  { "return_path", LINE_OR_NULL, offsetof (PnMail, return_path) },
  { "delivered_to", LINES, offsetof (PnMail, delivered_to) },
  { "headers", HEADERS, offsetof (PnMail, headers) },
  { "received_count", COUNT, offsetof (PnMail, received_count) },
  { "list_id", LINE_OR_NULL, offsetof (PnMail, list_id) },
  { "authentication_results", LINES, offsetof (PnMail, authentication_results) },
  { "language", LINE_OR_NULL, offsetof (PnMail, language) },
  { "sender_verdict", VERDICT, offsetof (PnMail, sender_verdict) },
  { "defects", LINES, offsetof (PnMail, defects) },
  { "content_digest", DIGEST_IF_SET, offsetof (PnMail, content_digest) },
  { "form", FORM_IF_SET, offsetof (PnMail, form) },
  { NULL },
};

static const Field address_fields[] = {
  { "name", LINE, offsetof (PnAddress, name) },
  { "address", LINE, offsetof (PnAddress, address) },
  { NULL },
};

static const Field attachment_fields[] = {
  { "name", LINE, offsetof (PnAttachment, name) },
  { "type", LINE, offsetof (PnAttachment, type) },
  { "declared_type", LINE, offsetof (PnAttachment, declared_type) },
  { "size", COUNT, offsetof (PnAttachment, size_bytes) },
  { "sha256", DIGEST, offsetof (PnAttachment, sha256) },
  { "content_id", LINE_OR_NULL, offsetof (PnAttachment, content_id) },
  { "inline", FLAG, offsetof (PnAttachment, is_inline) },
  { NULL },
};

static const Field recipient_fields[] = {
  { "address", LINE, offsetof (PnBounceRecipient, address) },
  { "action", LINE, offsetof (PnBounceRecipient, action) },
  { "status", LINE, offsetof (PnBounceRecipient, status) },
  { "diagnostic", LINE, offsetof (PnBounceRecipient, diagnostic) },
  { NULL },
};

static const Field bounce_fields[] = {
  { "recipients", RECIPIENTS, offsetof (PnBounce, recipients) },
  { "original_message_id", LINE_OR_NULL, offsetof (PnBounce, original_message_id) },
  { NULL },
};

static json_t *write_record (const Field *fields, const void *record);
static gboolean read_record (const Field *fields, void *record, const json_t *document,
                             GError **error);

static json_t *
write_text (const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    return json_null ();
  if (g_utf8_validate (text, -1, NULL))
    return json_string (text);
  valid = g_utf8_make_valid (text, -1); /* rather a strange letter than a lost field */
  return json_string (valid);
}

static json_t *
write_lines (const GPtrArray *lines)
{
  json_t *list = json_array ();

  for (guint i = 0; i < lines->len; i++)
    json_array_append_new (list, write_text (g_ptr_array_index (lines, i)));
  return list;
}

static json_t *
write_records (const Field *fields, const GPtrArray *records)
{
  json_t *list = json_array ();

  for (guint i = 0; i < records->len; i++)
    json_array_append_new (list, write_record (fields, g_ptr_array_index (records, i)));
  return list;
}

static json_t *
write_headers (const GPtrArray *headers)
{
  json_t *list = json_array ();

  for (guint i = 0; i < headers->len; i++) {
    const PnHeader *header = g_ptr_array_index (headers, i);
    json_t *pair = json_array ();

    json_array_append_new (pair, write_text (header->name));
    json_array_append_new (pair, write_text (header->value));
    json_array_append_new (list, pair);
  }
  return list;
}

static json_t *
write_date (const PnMail *mail)
{
  gint32 minutes =
      ABS (mail->date_zone_minutes) <= ZONE_LIMIT_MINUTES ? mail->date_zone_minutes : 0;
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (minutes * 60);
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *text = NULL;

  if (mail->date != 0)
    utc = g_date_time_new_from_unix_utc (mail->date / PN_SECOND);
  if (utc != NULL)
    local = g_date_time_to_timezone (utc, zone);
  if (local == NULL)
    return json_null ();
  rest = g_date_time_format (local, "-%m-%dT%H:%M:%S");
  text = g_strdup_printf ("%04d%s%c%02d:%02d", g_date_time_get_year (local), rest,
                          minutes < 0 ? '-' : '+', ABS (minutes) / 60, ABS (minutes) % 60);
  return json_string (text);
}

/* Returns: (owned) NULL where the field is left out. */
static json_t *
write_field (const Field *field, const void *record)
{
  const void *place = G_STRUCT_MEMBER_P (record, field->offset);
  void *const *pointer = place;

  switch (field->shape) {
  case LINE:
  case LINE_OR_NULL:
  case TEXT:
  case TEXT_OR_NULL:
  case DIGEST: return write_text (*pointer);
  case DIGEST_IF_SET: return *pointer != NULL ? write_text (*pointer) : NULL;
  case LINES: return write_lines (*pointer);
  case COUNT: return json_integer (*(const gint64 *) place);
  case FLAG: return json_boolean (*(const gboolean *) place);
  case ADDRESS:
  case ADDRESS_OR_NULL:
    return *pointer != NULL ? write_record (address_fields, *pointer) : json_null ();
  case ADDRESSES: return write_records (address_fields, *pointer);
  case ATTACHMENTS: return write_records (attachment_fields, *pointer);
  case RECIPIENTS: return write_records (recipient_fields, *pointer);
  case BOUNCE: return *pointer != NULL ? write_record (bounce_fields, *pointer) : json_null ();
  case HEADERS: return write_headers (*pointer);
  case KIND: return json_string (pn_mail_kind_name (*(const PnMailKind *) place));
  case VERDICT: return json_string (pn_verdict_name (*(const PnVerdict *) place));
  case DATE: return write_date (record);
  case FORM_IF_SET: return *pointer != NULL ? json_deep_copy (*pointer) : NULL;
  }
  g_assert_not_reached ();
}

static json_t *
write_record (const Field *fields, const void *record)
{
  json_t *object = json_object ();

  for (const Field *field = fields; field->name != NULL; field++) {
    json_t *value = write_field (field, record);

    if (value != NULL)
      json_object_set_new (object, field->name, value);
  }
  return object;
}

json_t *
pn_mail_write (const PnMail *mail)
{
  return write_record (mail_fields, mail);
}

static gboolean
must_be (const char *what, GError **error)
{
  pn_error_set (error, PN_ERROR_INVALID, " must be %s", what);
  return FALSE;
}

/* Returns: (owned) @text with line breaks and tabs as spaces and without other control characters. */
static char *
one_line (const char *text)
{
  GString *line = g_string_sized_new (strlen (text));

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (letter == '\t' || letter == '\n' || letter == '\r' || letter == 0x2028 || letter == 0x2029)
      g_string_append_c (line, ' ');
    else if (!g_unichar_iscntrl (letter))
      g_string_append_unichar (line, letter);
  }
  return g_string_free (line, FALSE);
}

static gboolean
read_text (const json_t *value, gboolean is_line, char **text, GError **error)
{
  const char *given = json_string_value (value);

  if (given == NULL)
    return must_be ("a text", error);
  g_free (*text);
  *text = is_line ? one_line (given) : g_strdup (given);
  return TRUE;
}

static gboolean
read_digest (const json_t *value, char **text, GError **error)
{
  const char *given = json_string_value (value);

  if (given == NULL || (*given != '\0' && strlen (given) != 64)
      || strspn (given, "0123456789abcdef") != strlen (given))
    return must_be ("64 hexadecimal digits in lower case", error);
  g_free (*text);
  *text = g_strdup (given);
  return TRUE;
}

static gboolean
read_count (const json_t *value, gint64 *count, GError **error)
{
  if (!json_is_integer (value) || json_integer_value (value) < 0)
    return must_be ("a whole number from 0", error);
  *count = json_integer_value (value);
  return TRUE;
}

static gboolean
read_flag (const json_t *value, gboolean *flag, GError **error)
{
  if (!json_is_boolean (value))
    return must_be ("true or false", error);
  *flag = json_is_true (value);
  return TRUE;
}

static gboolean
is_list (const json_t *value, GError **error)
{
  if (!json_is_array (value))
    return must_be ("a list", error);
  if (json_array_size (value) > LIST_LIMIT)
    return must_be ("a shorter list", error);
  return TRUE;
}

static gboolean
read_lines (const json_t *value, GPtrArray *lines, GError **error)
{
  if (!is_list (value, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (value); i++) {
    char *line = NULL;

    if (!read_text (json_array_get (value, i), TRUE, &line, error)) {
      g_prefix_error (error, "[%" G_GSIZE_FORMAT "]", i);
      return FALSE;
    }
    g_ptr_array_add (lines, line);
  }
  return TRUE;
}

static gpointer
new_record (const Field *fields)
{
  if (fields == address_fields)
    return pn_address_new (NULL, NULL);
  if (fields == attachment_fields)
    return pn_attachment_new ();
  return pn_bounce_recipient_new ();
}

static gboolean
read_records (const Field *fields, const json_t *value, GPtrArray *records, GError **error)
{
  if (!is_list (value, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (value); i++) {
    gpointer record = new_record (fields);

    g_ptr_array_add (records, record);
    if (!read_record (fields, record, json_array_get (value, i), error)) {
      g_prefix_error (error, "[%" G_GSIZE_FORMAT "]", i);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_headers (const json_t *value, GPtrArray *headers, GError **error)
{
  if (!is_list (value, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (value); i++) {
    const json_t *pair = json_array_get (value, i);
    const char *name = json_string_value (json_array_get (pair, 0));
    const char *content = json_string_value (json_array_get (pair, 1));
    PnHeader *header;

    if (name == NULL || content == NULL || json_array_size (pair) != 2) {
      must_be ("a pair of texts", error);
      g_prefix_error (error, "[%" G_GSIZE_FORMAT "]", i);
      return FALSE;
    }
    header = pn_header_new (NULL, NULL);
    header->name = one_line (name);
    header->value = one_line (content);
    g_ptr_array_add (headers, header);
  }
  return TRUE;
}

static gboolean
read_address (const json_t *value, PnAddress **address, GError **error)
{
  if (*address == NULL)
    *address = pn_address_new (NULL, NULL);
  return read_record (address_fields, *address, value, error);
}

static gboolean
read_bounce (const json_t *value, PnBounce **bounce, GError **error)
{
  *bounce = pn_bounce_new ();
  return read_record (bounce_fields, *bounce, value, error);
}

static gboolean
read_date (const json_t *value, PnMail *mail, GError **error)
{
  const char *text = json_string_value (value);
  g_autoptr (GDateTime) date = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (date == NULL)
    return must_be ("a time like 2026-11-22T10:00:00+01:00", error);
  mail->date = g_date_time_to_unix (date) * PN_SECOND;
  mail->date_zone_minutes = (gint32) (g_date_time_get_utc_offset (date) / PN_MINUTE);
  return TRUE;
}

static gboolean
read_kind (const json_t *value, PnMailKind *kind, GError **error)
{
  const char *name = json_string_value (value);

  return (name != NULL && pn_mail_kind_read (name, kind)) || must_be ("a kind of mail", error);
}

static gboolean
read_verdict (const json_t *value, PnVerdict *verdict, GError **error)
{
  const char *name = json_string_value (value);

  return (name != NULL && pn_verdict_read (name, verdict)) || must_be ("pass, fail or none", error);
}

static gboolean
read_form (const json_t *value, json_t **form, GError **error)
{
  if (!json_is_object (value))
    return must_be ("an object", error);
  *form = json_deep_copy (value);
  return TRUE;
}

static gboolean
read_field (const Field *field, void *record, const json_t *value, GError **error)
{
  void *place = G_STRUCT_MEMBER_P (record, field->offset);
  void **pointer = place;

  switch (field->shape) {
  case LINE:
  case LINE_OR_NULL: return read_text (value, TRUE, place, error);
  case TEXT:
  case TEXT_OR_NULL: return read_text (value, FALSE, place, error);
  case DIGEST:
  case DIGEST_IF_SET: return read_digest (value, place, error);
  case LINES: return read_lines (value, *pointer, error);
  case COUNT: return read_count (value, place, error);
  case FLAG: return read_flag (value, place, error);
  case ADDRESS:
  case ADDRESS_OR_NULL: return read_address (value, place, error);
  case ADDRESSES: return read_records (address_fields, value, *pointer, error);
  case ATTACHMENTS: return read_records (attachment_fields, value, *pointer, error);
  case RECIPIENTS: return read_records (recipient_fields, value, *pointer, error);
  case BOUNCE: return read_bounce (value, place, error);
  case HEADERS: return read_headers (value, *pointer, error);
  case KIND: return read_kind (value, place, error);
  case VERDICT: return read_verdict (value, place, error);
  case DATE: return read_date (value, record, error);
  case FORM_IF_SET: return read_form (value, place, error);
  }
  g_assert_not_reached ();
}

static gboolean
read_record (const Field *fields, void *record, const json_t *document, GError **error)
{
  if (!json_is_object (document))
    return must_be ("an object", error);
  for (const Field *field = fields; field->name != NULL; field++) {
    const json_t *value = json_object_get (document, field->name);

    if (value == NULL || json_is_null (value))
      continue;
    if (!read_field (field, record, value, error)) {
      g_prefix_error (error, "%s%s", fields == mail_fields ? "" : ".", field->name);
      return FALSE;
    }
  }
  return TRUE;
}

PnMail *
pn_mail_read (const json_t *document, GError **error)
{
  g_autoptr (PnMail) mail = pn_mail_new ();

  if (read_record (mail_fields, mail, document, error))
    return g_steal_pointer (&mail);
  g_prefix_error (error, "%s", json_is_object (document) ? "the mail's field " : "the mail");
  return NULL;
}
