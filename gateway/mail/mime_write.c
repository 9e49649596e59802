#include "gateway/mail/mime_write.h"

#include <string.h>

#include <gmime/gmime.h>

#include "gateway/mail/address.h"
#include "gateway/mail/mime_parts.h"
#include "ticketing/core/error.h"
#include "ticketing/core/label.h"

#define MAX_ID_BYTES 250 /* so that "References: <…>" folds below PN_MIME_LINE_BYTES */
#define MAX_ADDRESS_BYTES 254
#define MAX_SUBJECT_BYTES 2000
#define MAX_NAME_BYTES 200
#define ATOM G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "!#$%&'*+-/=?^_`{|}~."

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InternetAddress, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeFormatOptions, g_mime_format_options_free)

static gboolean
refuse (GError **error, const char *field, const char *value)
{
  g_autofree char *shown = g_strescape (value, NULL);

  pn_error_set (error, PN_ERROR_INVALID, "the letter's %s is wrong: %.200s", field, shown);
  return FALSE;
}

/* What a person wrote, as one line: line breaks and controls become blanks, runs of blanks one. */
static char *
clean_line (const char *text, gsize max_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text == NULL ? "" : text, -1);
  GString *out = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar value = g_utf8_get_char (c);

    if (g_unichar_iscntrl (value) || value == 0x2028 || value == 0x2029 || value == 0xfeff)
      value = ' ';
    if (value == ' ' && (out->len == 0 || out->str[out->len - 1] == ' '))
      continue;
    if (out->len + 6 > max_bytes)
      break;
    g_string_append_unichar (out, value);
  }
  return g_strchomp (g_string_free (out, FALSE));
}

/* Text for a body: line breaks are LF, there is no NUL (@text ends there), the last line is whole. */
static char *
normalise_body (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid) + 1);

  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '\r' && c[1] == '\n')
      continue;
    g_string_append_c (out, *c == '\r' ? '\n' : *c);
  }
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

/* An id that may stand between < and >: dot-atom @ dot-atom or domain literal. */
static gboolean
is_id (const char *id)
{
  const char *at = strchr (id, '@');
  gsize size = strlen (id);

  return at != NULL && at != id && at[1] != '\0' && size <= MAX_ID_BYTES
         && strspn (id, ATOM) == (gsize) (at - id)
         && strspn (at + 1, ATOM "[]:") == strlen (at + 1);
}

static gboolean
is_token (const char *name)
{
  gsize size = strlen (name);

  return size > 0 && size <= 64
         && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-") == size;
}

static gboolean
is_printable (const char *value)
{
  gsize size = strlen (value);

  for (const char *c = value; *c != '\0'; c++)
    if (*c < 0x20 || *c > 0x7e)
      return FALSE;
  return size > 0 && size <= 900;
}

static gboolean
is_sendable (const char *address)
{
  for (const char *c = address; *c != '\0'; c++)
    if ((guchar) *c <= 0x20 || *c == 0x7f || strchr ("<>,;:\\\"()[]", *c) != NULL)
      return FALSE;
  return strlen (address) <= MAX_ADDRESS_BYTES && g_utf8_validate (address, -1, NULL)
         && pn_address_is_valid (address);
}

static gboolean
add_address (InternetAddressList *list, const PnAddress *address, const char *field, GError **error)
{
  g_autofree char *name = clean_line (address->name, MAX_NAME_BYTES);
  g_autoptr (InternetAddress) mailbox = NULL;

  if (address->address == NULL || !is_sendable (address->address))
    return refuse (error, field, address->address == NULL ? "" : address->address);
  mailbox = internet_address_mailbox_new (*name == '\0' ? NULL : name, address->address);
  internet_address_set_charset (mailbox, "utf-8");
  internet_address_list_add (list, mailbox);
  return TRUE;
}

static gboolean
add_addresses (GMimeMessage *message, const PnLetter *letter, GError **error)
{
  if (letter->from == NULL || letter->to == NULL)
    return refuse (error, letter->from == NULL ? "From" : "To", "missing");
  if (!add_address (g_mime_message_get_from (message), letter->from, "From", error)
      || !add_address (g_mime_message_get_to (message), letter->to, "To", error))
    return FALSE;
  for (guint i = 0; letter->cc != NULL && i < letter->cc->len; i++)
    if (!add_address (g_mime_message_get_cc (message), g_ptr_array_index (letter->cc, i), "Cc",
                      error))
      return FALSE;
  return letter->reply_to == NULL
         || add_address (g_mime_message_get_reply_to (message), letter->reply_to, "Reply-To",
                         error);
}

static void
set_header (GMimeMessage *message, const char *name, const char *value)
{
  g_mime_object_set_header (GMIME_OBJECT (message), name, value, "utf-8");
}

/* Returns: (owned) the References field: the root and the last eight, each once. */
static char *
write_references (const PnLetter *letter)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GString *out = g_string_new (NULL);

  for (const char *const *id = letter->references; id != NULL && *id != NULL; id++)
    if (is_id (*id) && !g_ptr_array_find_with_equal_func (ids, *id, g_str_equal, NULL))
      g_ptr_array_add (ids, (gpointer) *id);
  if (letter->in_reply_to != NULL && is_id (letter->in_reply_to)) {
    guint at;

    if (g_ptr_array_find_with_equal_func (ids, letter->in_reply_to, g_str_equal, &at))
      g_ptr_array_remove_index (ids, at);
    g_ptr_array_add (ids, (gpointer) letter->in_reply_to);
  }
  while (ids->len > PN_MIME_REFERENCES)
    g_ptr_array_remove_index (ids, 1);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (out, "%s<%s>", i == 0 ? "" : " ", (char *) g_ptr_array_index (ids, i));
  return g_string_free (out, FALSE);
}

static gboolean
add_threading (GMimeMessage *message, const PnLetter *letter, GError **error)
{
  g_autofree char *references = write_references (letter);

  if (letter->message_id == NULL || !is_id (letter->message_id))
    return refuse (error, "Message-ID",
                   letter->message_id == NULL ? "missing" : letter->message_id);
  g_mime_message_set_message_id (message, letter->message_id);
  if (letter->in_reply_to != NULL && is_id (letter->in_reply_to)) {
    g_autofree char *parent = g_strdup_printf ("<%s>", letter->in_reply_to);

    set_header (message, "In-Reply-To", parent);
  }
  if (*references != '\0')
    set_header (message, "References", references);
  return TRUE;
}

static void
add_origin (GMimeMessage *message, PnLetterOrigin origin)
{
  switch (origin) {
  case PN_LETTER_BY_PERSON: return;
  case PN_LETTER_AUTO_REPLIED: set_header (message, "Auto-Submitted", "auto-replied"); break;
  case PN_LETTER_AUTO_GENERATED: set_header (message, "Auto-Submitted", "auto-generated"); break;
  }
  set_header (message, "Precedence", "bulk");
  set_header (message, "X-Auto-Response-Suppress", "All");
}

/* Own headers never replace those that make a message what it is. */
static gboolean
add_headers (GMimeMessage *message, const PnLetter *letter, GError **error)
{
  static const char *const taken[] = { "from",         "sender",      "to",         "cc",
                                       "bcc",          "reply-to",    "subject",    "date",
                                       "message-id",   "in-reply-to", "references", "mime-version",
                                       "content-type", "return-path", NULL };

  for (gsize i = 0; i < letter->n_headers; i++) {
    const PnHeader *header = &letter->headers[i];
    g_autofree char *lower = g_ascii_strdown (header->name == NULL ? "" : header->name, -1);

    if (!is_token (lower) || g_strv_contains (taken, lower) || g_str_has_prefix (lower, "content-"))
      return refuse (error, "header name", lower);
    if (header->value == NULL || !is_printable (header->value))
      return refuse (error, header->name, header->value == NULL ? "" : header->value);
    g_mime_object_append_header (GMIME_OBJECT (message), header->name, header->value, NULL);
  }
  return TRUE;
}

static GMimePart *
part_new (const char *type, const char *subtype, const char *bytes, gsize size,
          GMimeContentEncoding encoding)
{
  GMimePart *part = g_mime_part_new_with_type (type, subtype);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (bytes, size);
  g_autoptr (GMimeDataWrapper) content =
      g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, encoding);
  return part;
}

static GMimeObject *
text_new (const char *subtype, const char *text)
{
  g_autofree char *body = normalise_body (text);
  GMimePart *part =
      part_new ("text", subtype, body, strlen (body), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  return GMIME_OBJECT (part);
}

/* What a browser would run is sent as bytes. */
static gboolean
is_type_fine (const char *type, const char *slash)
{
  static const char *const plain[] = { "application", "audio", "font", "image",
                                       "text",        "video", NULL };
  g_autofree char *first = g_strndup (type, (gsize) (slash - type));
  gsize rest = strspn (slash + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".+-_");

  return g_strv_contains (plain, first) && rest > 0 && slash[1 + rest] == '\0'
         && strlen (type) <= 100 && strstr (type, "html") == NULL && strstr (type, "svg") == NULL
         && strstr (type, "script") == NULL;
}

/* GMime would take the narrowest charset that fits. */
static void
set_file_name (GMimePart *part, const char *name)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));
  GMimeContentDisposition *disposition;
  GMimeParam *param;

  g_mime_object_set_disposition (GMIME_OBJECT (part), "attachment");
  g_mime_part_set_filename (part, name);
  disposition = g_mime_object_get_content_disposition (GMIME_OBJECT (part));
  param = g_mime_param_list_get_parameter (g_mime_content_disposition_get_parameters (disposition),
                                           "filename");
  g_mime_param_set_charset (param, "utf-8");
  param = g_mime_param_list_get_parameter (g_mime_content_type_get_parameters (type), "name");
  if (param != NULL)
    g_mime_param_set_charset (param, "utf-8");
}

static GMimeObject *
file_new (const PnLetterFile *file)
{
  const char *type = file->type == NULL ? "" : file->type;
  const char *slash = strchr (type, '/');
  gboolean is_fine = slash != NULL && is_type_fine (type, slash);
  g_autofree char *first =
      is_fine ? g_strndup (type, (gsize) (slash - type)) : g_strdup ("application");
  g_autofree char *label = pn_label_clean (file->name == NULL ? "" : file->name);
  gsize size;
  const char *bytes = g_bytes_get_data (file->bytes, &size);
  GMimePart *part = part_new (first, is_fine ? slash + 1 : "octet-stream", bytes, size,
                              GMIME_CONTENT_ENCODING_BASE64);

  set_file_name (part, label == NULL ? "file" : label);
  return GMIME_OBJECT (part);
}

/* "=_" stands in no quoted-printable and no base64 text: a part cannot hold the line that ends it. */
static GMimeObject *
multipart_new (const char *subtype, const PnLetter *letter)
{
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtype);
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, letter->message_id, -1);
  g_autofree char *boundary = g_strdup_printf ("=_%.3s_%.32s", subtype, digest);

  g_mime_multipart_set_boundary (multipart, boundary);
  return GMIME_OBJECT (multipart);
}

static void
take_part (GMimeObject *multipart, GMimeObject *part)
{
  g_mime_multipart_add (GMIME_MULTIPART (multipart), part);
  g_object_unref (part);
}

static GMimeObject *
body_new (const PnLetter *letter)
{
  GMimeObject *body = text_new ("plain", letter->text == NULL ? "" : letter->text);

  if (letter->html != NULL) {
    GMimeObject *both = multipart_new ("alternative", letter);

    take_part (both, body);
    take_part (both, text_new ("html", letter->html));
    body = both;
  }
  if (letter->n_files > 0) {
    GMimeObject *mixed = multipart_new ("mixed", letter);

    take_part (mixed, body);
    for (gsize i = 0; i < letter->n_files; i++)
      take_part (mixed, file_new (&letter->files[i]));
    body = mixed;
  }
  return body;
}

/* The last word on what leaves the house. */
static gboolean
check_bytes (const GByteArray *bytes, GError **error)
{
  guint line = 0;

  for (guint i = 0; i < bytes->len; i++) {
    guint8 c = bytes->data[i];
    gboolean is_break = c == '\r' && i + 1 < bytes->len && bytes->data[i + 1] == '\n';

    if (is_break) {
      line = 0;
      i++;
      continue;
    }
    if (c == '\0' || c == '\r' || c == '\n' || c > 0x7e || ++line > PN_MIME_LINE_BYTES) {
      pn_error_set (error, PN_ERROR_INVALID, "the letter's byte %u (0x%02x) may not be sent", i, c);
      return FALSE;
    }
  }
  return TRUE;
}

static GBytes *
write_message (GMimeMessage *message, GError **error)
{
  g_autoptr (GMimeFormatOptions) format = g_mime_format_options_new ();
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  gboolean is_fine;

  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), bytes);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_format_options_set_newline_format (format, GMIME_NEWLINE_FORMAT_DOS);
  is_fine = g_mime_object_write_to_stream (GMIME_OBJECT (message), format, stream) > 0
            && g_mime_stream_flush (stream) == 0;
  if (!is_fine)
    pn_error_set (error, PN_ERROR_PERMANENT, "the letter could not be written");
  if (is_fine && check_bytes (bytes, error))
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  return NULL;
}

GBytes *
pn_mime_write (const PnLetter *letter, GError **error)
{
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GMimeObject) body = NULL;
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *subject = clean_line (letter->subject, MAX_SUBJECT_BYTES);

  pn_mime_parts_warm_up ();
  message = g_mime_message_new (TRUE);
  if (!add_addresses (message, letter, error))
    return NULL;
  g_mime_message_set_subject (message, *subject == '\0' ? "(no subject)" : subject, "utf-8");
  date = g_date_time_new_from_unix_utc (letter->date / G_USEC_PER_SEC);
  if (date == NULL) {
    refuse (error, "date", "out of range");
    return NULL;
  }
  g_mime_message_set_date (message, date);
  if (!add_threading (message, letter, error))
    return NULL;
  add_origin (message, letter->origin);
  if (!add_headers (message, letter, error))
    return NULL;
  body = body_new (letter);
  g_mime_message_set_mime_part (message, body);
  return write_message (message, error);
}
