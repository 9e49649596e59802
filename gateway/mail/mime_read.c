#include "gateway/mail/mime_read.h"

#include <string.h>

#include "gateway/mail/address.h"
#include "gateway/mail/auto.h"
#include "gateway/mail/bounce.h"
#include "gateway/mail/language.h"
#include "gateway/mail/mime_body.h"
#include "gateway/mail/mime_date.h"
#include "gateway/mail/mime_guard.h"
#include "gateway/mail/mime_parts.h"
#include "gateway/mail/mime_text.h"
#include "gateway/mail/mime_type.h"
#include "gateway/mail/quote.h"
#include "gateway/mail/sender.h"
#include "ticketing/core/sha256.h"

#define IDS_MAX 1000
#define ID_BYTES_MAX 998
#define UNPARSED_NAME "message.eml"

/* Returns: the raw value of the first field @name, or NULL; @count (may be NULL) gets how many there are. */
static const char *
raw_field (const PnMimeParts *parts, const char *name, guint *count)
{
  const char *value = NULL;
  guint n = 0;

  for (guint i = 0; i < parts->fields->len; i++) {
    const PnMimeField *field = g_ptr_array_index (parts->fields, i);

    if (g_ascii_strcasecmp (field->name, name) != 0)
      continue;
    if (n++ == 0)
      value = field->value;
  }
  if (count != NULL)
    *count = n;
  return value;
}

/* Appends an id as text, without the blanks that folding left in it. */
static void
add_id (GPtrArray *ids, const char *bytes, gsize size_bytes)
{
  g_autofree char *utf8 = pn_mime_text_decode (bytes, size_bytes, NULL, NULL);
  g_autofree char *line = pn_mime_text_line (utf8);
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  char *id = g_strjoinv ("", words);

  if (*id != '\0')
    g_ptr_array_add (ids, id);
  else
    g_free (id);
}

/* Reads "<id> <id>"; ids without brackets are taken as words. */
static void
read_ids (GPtrArray *ids, const char *value)
{
  const char *c = value;

  while (*c != '\0' && ids->len < IDS_MAX) {
    c += strcspn (c, "<@");
    if (*c == '<') {
      gsize n = strcspn (c + 1, "<>");
      add_id (ids, c + 1, MIN (n, ID_BYTES_MAX));
      c += 1 + n;
    } else if (*c == '@') {
      const char *start = c;
      gsize n = strcspn (c, " \t\r\n<>,;");

      while (start > value && strchr (" \t\r\n<>,;", start[-1]) == NULL && c - start < ID_BYTES_MAX)
        start--;
      add_id (ids, start, MIN ((gsize) (c - start) + n, ID_BYTES_MAX));
      c += n;
    }
    c += *c == '>';
  }
}

static void
read_headers (PnMail *mail, const PnMimeParts *parts, const char *charset)
{
  static const char *const delivered[] = { "Delivered-To", "X-Original-To", "Envelope-To",
                                           "X-Envelope-To" };

  for (guint i = 0; i < parts->fields->len; i++) {
    const PnMimeField *field = g_ptr_array_index (parts->fields, i);
    g_autofree char *name = pn_mime_text_decode (field->name, strlen (field->name), NULL, NULL);
    g_autofree char *line = pn_mime_text_line (name);
    g_autofree char *value = pn_mime_header_decode (field->value, strlen (field->value), charset);

    g_ptr_array_add (mail->headers, pn_header_new (line, value));
    if (g_ascii_strcasecmp (line, "Received") == 0)
      mail->received_count++;
    if (g_ascii_strcasecmp (line, "Authentication-Results") == 0)
      g_ptr_array_add (mail->authentication_results, g_strdup (value));
    for (gsize k = 0; k < G_N_ELEMENTS (delivered); k++) {
      g_autoptr (PnAddress) address = NULL;

      if (g_ascii_strcasecmp (line, delivered[k]) != 0)
        continue;
      address = pn_address_read (value);
      if (address->address[0] != '\0')
        g_ptr_array_add (mail->delivered_to, g_strdup (address->address));
    }
  }
}

/* Returns: (owned) the addresses of the field @name. */
static GPtrArray *
read_list (const PnMimeParts *parts, const char *name, const char *charset)
{
  GPtrArray *all = NULL;

  for (guint i = 0; i < parts->fields->len; i++) {
    const PnMimeField *field = g_ptr_array_index (parts->fields, i);

    if (g_ascii_strcasecmp (field->name, name) != 0)
      continue;
    g_autofree char *utf8 = pn_mime_header_utf8 (field->value, strlen (field->value), charset);
    GPtrArray *list = pn_address_read_list (utf8);
    if (all == NULL)
      all = list;
    else
      g_ptr_array_extend_and_steal (all, list);
    if (all->len >= PN_ADDRESS_LIST_MAX)
      break;
  }
  return all != NULL ? all : g_ptr_array_new_with_free_func ((GDestroyNotify) pn_address_free);
}

static void
replace_list (GPtrArray **slot, GPtrArray *list)
{
  g_ptr_array_unref (*slot);
  *slot = list;
}

/* Takes the first mailbox of @list that has an address. */
static PnAddress *
first_address (const GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++) {
    const PnAddress *address = g_ptr_array_index (list, i);

    if (strchr (address->address, '@') != NULL)
      return pn_address_new (address->name, address->address);
  }
  if (list->len == 0)
    return NULL;
  const PnAddress *first = g_ptr_array_index (list, 0);
  return pn_address_new (first->name, first->address);
}

static void
tell_duplicate (PnMail *mail, const PnMimeParts *parts, const char *name)
{
  guint count;

  raw_field (parts, name, &count);
  if (count > 1)
    g_ptr_array_add (
        mail->defects,
        g_strdup_printf ("there are %u headers %s; the first one counts", count, name));
}

static void
read_people (PnMail *mail, const PnMimeParts *parts, const char *charset)
{
  g_autoptr (GPtrArray) from = read_list (parts, "From", charset);
  g_autoptr (GPtrArray) sender = read_list (parts, "Sender", charset);
  PnAddress *first = first_address (from);

  mail->sender = first_address (sender);
  if (first == NULL && mail->sender != NULL)
    first = pn_address_new (mail->sender->name, mail->sender->address);
  replace_list (&mail->reply_to, read_list (parts, "Reply-To", charset));
  if (first == NULL && (first = first_address (mail->reply_to)) != NULL)
    g_ptr_array_add (mail->defects, g_strdup ("it has no From; Reply-To counts"));
  if (first != NULL) {
    pn_address_free (mail->from);
    mail->from = first;
  }
  if (from->len > 1)
    g_ptr_array_add (mail->defects,
                     g_strdup ("From names several addresses; the first one counts"));
  replace_list (&mail->to, read_list (parts, "To", charset));
  replace_list (&mail->cc, read_list (parts, "Cc", charset));
}

static void
read_envelope (PnMail *mail, const PnMimeParts *parts, const char *charset)
{
  const char *subject = raw_field (parts, "Subject", NULL);
  const char *date = raw_field (parts, "Date", NULL);
  const char *path = raw_field (parts, "Return-Path", NULL);
  const char *list = raw_field (parts, "List-Id", NULL);
  const char *id = raw_field (parts, "Message-ID", NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (id != NULL)
    read_ids (ids, id);
  if (ids->len > 0)
    mail->message_id = g_strdup (ids->pdata[0]);
  read_ids (mail->in_reply_to, raw_field (parts, "In-Reply-To", NULL) != NULL
                                   ? raw_field (parts, "In-Reply-To", NULL)
                                   : "");
  read_ids (mail->references, raw_field (parts, "References", NULL) != NULL
                                  ? raw_field (parts, "References", NULL)
                                  : "");
  if (subject != NULL) {
    g_free (mail->subject);
    mail->subject = pn_mime_header_decode (subject, strlen (subject), charset);
  }
  if (date != NULL && !pn_mime_date_read (date, &mail->date, &mail->date_zone_minutes))
    g_ptr_array_add (mail->defects, g_strdup ("its Date cannot be read"));
  if (path != NULL) {
    g_autoptr (PnAddress) address = pn_address_read (path);

    mail->return_path = g_strdup (address->address);
  }
  if (list != NULL) {
    g_autofree char *line = pn_mime_header_decode (list, strlen (list), charset);
    const char *open = strrchr (line, '<');

    mail->list_id = open != NULL ? g_strndup (open + 1, strcspn (open + 1, ">")) : g_strdup (line);
  }
}

static void
judge_sender (PnMail *mail, const PnMimeParts *parts, const PnParseOptions *options)
{
  g_autoptr (GPtrArray) fields = NULL;

  if (options == NULL || options->authserv_ids == NULL)
    return;
  fields = g_ptr_array_new ();
  for (guint i = 0; i < parts->fields->len; i++) {
    const PnMimeField *field = g_ptr_array_index (parts->fields, i);

    g_autofree char *utf8 = pn_mime_header_utf8 (field->value, strlen (field->value), NULL);

    g_ptr_array_add (fields, pn_header_new (field->name, utf8));
  }
  mail->sender_verdict = pn_sender_judge (fields, options->authserv_ids, mail->from->address);
  for (guint i = 0; i < fields->len; i++) {
    PnHeader *header = fields->pdata[i];

    g_free (header->name);
    g_free (header->value);
    g_free (header);
  }
}

/* sha256 over type and bytes of the leaves, each with its size in front. */
static char *
content_digest (const PnMimeParts *parts)
{
  g_autoptr (PnSha256) sum = pn_sha256_new ();

  for (guint i = 0; i < parts->parts->len; i++) {
    const PnMimePart *part = g_ptr_array_index (parts->parts, i);
    gsize size;
    gconstpointer bytes = g_bytes_get_data (part->bytes, &size);
    g_autofree char *head = g_strdup_printf ("%s %" G_GSIZE_FORMAT "\n", part->type->value, size);

    pn_sha256_add (sum, head, strlen (head));
    pn_sha256_add (sum, bytes, size);
  }
  return pn_sha256_end_hex (sum);
}

static void
judge (PnMail *mail, const PnMimeParts *parts)
{
  PnReport *report;
  g_autofree char *calendar = pn_mime_body_calendar (parts);
  const char *language;

  g_free (mail->reply);
  mail->reply = pn_quote_reply (mail->text);
  pn_quote_take_marks (mail->text);
  report = pn_mime_report_read (parts, mail->text);
  language = pn_language_detect (mail->reply);
  mail->language = g_strdup (language != NULL ? language : pn_language_detect (mail->subject));
  pn_bounce_judge (mail, report);
  pn_auto_judge (mail, calendar);
  pn_mime_report_free (report);
}

PnMail *
pn_mime_read (GBytes *raw, const PnParseOptions *options)
{
  PnMail *mail = pn_mail_new ();
  g_autoptr (GBytes) safe = pn_mime_guard (raw, mail->defects);
  g_autoptr (PnMimeParts) parts = pn_mime_parts_read (safe, mail->defects);
  const char *charset = pn_mime_body_charset (parts);

  read_headers (mail, parts, charset);
  read_people (mail, parts, charset);
  read_envelope (mail, parts, charset);
  tell_duplicate (mail, parts, "From");
  tell_duplicate (mail, parts, "Subject");
  tell_duplicate (mail, parts, "Date");
  tell_duplicate (mail, parts, "Message-ID");
  if (parts->fields->len == 0)
    g_ptr_array_add (mail->defects, g_strdup ("it has no header"));
  pn_mime_body_read (mail, parts);
  judge (mail, parts);
  judge_sender (mail, parts, options);
  g_free (mail->content_digest);
  mail->content_digest = content_digest (parts);
  return mail;
}

/* Reading one mail of our own sets up what libraries set up at first use (symbols, classes, tables), so that children
 * that are forked later need not, each for itself. */
static void
read_sample (void)
{
  static const char sample[] =
      "Return-Path: <a@x.example>\r\nReceived: by x.example; 1 Jan 2020 00:00:00 +0000\r\n"
      "From: =?utf-8?q?A?= <a@x.example>\r\nTo: \"B\" <b@x.example>\r\nMessage-ID: <1@x.example>\r\n"
      "Date: Wed, 1 Jan 2020 00:00:00 +0000\r\nSubject: =?iso-8859-1?q?=FC?= x\r\n"
      "Content-Type: multipart/mixed; boundary=\"m\"\r\n\r\n"
      "--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
      "--a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n"
      "--a\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable"
      "\r\n\r\n<p style=3D\"color:red\">a<a href=3D\"http://x.example\">b</a></p>\r\n--a--\r\n"
      "--m\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nOn 1 Jan 2020, A wrote:\r\n> b\r\n"
      "--m\r\nContent-Type: image/png; name=x.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n"
      "--m--\r\n";
  g_autoptr (GBytes) raw = g_bytes_new_static (sample, strlen (sample));

  pn_mail_free (pn_mime_read (raw, NULL));
}

void
pn_mime_warm_up (void)
{
  pn_mime_parts_warm_up ();
  pn_mime_text_warm_up ();
  pn_mime_type_warm_up ();
  read_sample ();
}

PnMail *
pn_mime_read_unparsed (GBytes *raw)
{
  PnMail *mail = pn_mail_new ();
  g_autofree char *from = pn_mime_parts_field (raw, "From");
  g_autofree char *subject = pn_mime_parts_field (raw, "Subject");
  g_autofree char *date = pn_mime_parts_field (raw, "Date");
  g_autofree char *id = pn_mime_parts_field (raw, "Message-ID");
  PnAttachment *attachment = pn_attachment_new ();

  if (from != NULL) {
    g_autofree char *utf8 = pn_mime_header_utf8 (from, strnlen (from, 4096), NULL);

    pn_address_free (mail->from);
    mail->from = pn_address_read (utf8);
  }
  if (subject != NULL) {
    g_free (mail->subject);
    mail->subject = pn_mime_header_decode (subject, strnlen (subject, 4096), NULL);
  }
  if (id != NULL) {
    g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

    read_ids (ids, id);
    mail->message_id = ids->len > 0 ? g_strdup (ids->pdata[0]) : NULL;
  }
  if (date != NULL)
    pn_mime_date_read (date, &mail->date, &mail->date_zone_minutes);
  g_ptr_array_add (
      mail->defects,
      g_strdup ("it could not be read: its parser died twice; the whole mail is attached"));
  g_free (attachment->name);
  g_free (attachment->type);
  g_free (attachment->declared_type);
  g_free (attachment->sha256);
  attachment->name = g_strdup (UNPARSED_NAME);
  attachment->type = g_strdup ("message/rfc822");
  attachment->declared_type = g_strdup ("message/rfc822");
  attachment->size_bytes = (gint64) g_bytes_get_size (raw);
  attachment->sha256 = pn_sha256_of (raw);
  attachment->bytes = g_bytes_ref (raw);
  g_ptr_array_add (mail->attachments, attachment);
  g_free (mail->content_digest);
  mail->content_digest = g_strdup (attachment->sha256);
  return mail;
}
