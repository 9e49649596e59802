#include "gateway/mail/bounce.h"

#include <string.h>

#include "gateway/mail/address.h"
#include "gateway/mail/auto.h"
#include "gateway/mail/bounce_notice.h"
#include "gateway/mail/bounce_words.h"
#include "gateway/mail/mime_text.h"
#include "ticketing/core/text.h"

#define RECIPIENTS_MAX 200
#define TEXT_BYTES_MAX (64 * 1024) /* of prose that is looked at */
#define DIAGNOSTIC_BYTES_MAX 500
#define LINE_BYTES_MAX 2000

static void
add_reason (PnMail *mail, const char *reason)
{
  g_ptr_array_add (mail->auto_reasons, g_strdup (reason));
}

/* Returns: (owned) one group of "Name: value" lines as lower-case name → unfolded value. @next gets what follows the
 * empty line behind it, NULL at the end. */
static GHashTable *
read_group (const char *text, const char **next)
{
  GHashTable *group = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *name = NULL;
  const char *c = text;

  while (*c != '\0' && *c != '\n') {
    gsize n = strcspn (c, "\n");
    gsize colon = strcspn (c, ":\n");

    if ((*c == ' ' || *c == '\t') && name != NULL) {
      const char *before = g_hash_table_lookup (group, name);
      g_autofree char *more = g_strstrip (g_strndup (c, MIN (n, LINE_BYTES_MAX)));

      if (before != NULL && strlen (before) < LINE_BYTES_MAX)
        g_hash_table_insert (group, g_strdup (name), g_strconcat (before, " ", more, NULL));
    } else if (c[colon] == ':' && colon < 60) {
      g_autofree char *raw = g_strndup (c, colon);
      g_autofree char *value = g_strndup (c + colon + 1, MIN (n - colon - 1, LINE_BYTES_MAX));

      g_free (name);
      name = g_ascii_strdown (g_strstrip (raw), -1);
      if (!g_hash_table_contains (group, name))
        g_hash_table_insert (group, g_strdup (name), pn_mime_text_line (value));
    }
    c += n + (c[n] == '\n');
  }
  c += strspn (c, "\n");
  *next = *c != '\0' ? c : NULL;
  return group;
}

/* "rfc822; john@x.org" → "john@x.org" */
static char *
after_type (const char *value)
{
  const char *semicolon = strchr (value, ';');
  g_autoptr (PnAddress) address = pn_address_read (semicolon != NULL ? semicolon + 1 : value);

  return g_steal_pointer (&address->address);
}

static gboolean
is_general (const char *status)
{
  return status == NULL || *status == '\0' || strstr (status, ".0.0") != NULL;
}

/* Returns: (owned) the status for one recipient: an exact code in the diagnostic (the other server's own words), else the
 * field, else what the words mean. */
static char *
judge_status (const char *field, const char *diagnostic)
{
  g_autofree char *status = field != NULL ? pn_bounce_find_status (field) : NULL;
  g_autofree char *said = diagnostic != NULL ? pn_bounce_find_status (diagnostic) : NULL;
  g_autofree char *lower = g_ascii_strdown (diagnostic != NULL ? diagnostic : "", -1);
  int code = diagnostic != NULL ? pn_bounce_find_reply_code (diagnostic) : 0;

  if (said != NULL && !is_general (said))
    return g_steal_pointer (&said);
  if (status != NULL || said != NULL)
    return status != NULL ? g_steal_pointer (&status) : g_steal_pointer (&said);
  const char *meant = pn_bounce_status_of_words (lower);
  if (meant == NULL && code != 0)
    meant = "5.0.0";
  char *made = g_strdup (meant != NULL ? meant : "");
  if (meant != NULL && code >= 400 && code < 600)
    made[0] = (char) ('0' + code / 100);
  return made;
}

static const char *
action_of (const char *said, const char *status)
{
  static const char *const actions[] = { "failed", "delayed", "delivered", "relayed", "expanded" };

  for (gsize i = 0; said != NULL && i < G_N_ELEMENTS (actions); i++) {
    if (g_ascii_strncasecmp (said, actions[i], strlen (actions[i])) == 0)
      return actions[i];
  }
  if (status[0] == '2')
    return "delivered";
  return status[0] == '4' ? "delayed" : status[0] == '5' ? "failed" : "";
}

static PnBounceRecipient *
recipient_make (const char *address, const char *action, const char *status, const char *diagnostic)
{
  PnBounceRecipient *recipient = pn_bounce_recipient_new ();
  g_autofree char *line = pn_mime_text_line (diagnostic != NULL ? diagnostic : "");
  g_autofree char *cut = g_strndup (line, DIAGNOSTIC_BYTES_MAX);

  g_free (recipient->address);
  g_free (recipient->action);
  g_free (recipient->status);
  g_free (recipient->diagnostic);
  recipient->address = g_strdup (address);
  recipient->action = g_strdup (action);
  recipient->status = g_strdup (status);
  recipient->diagnostic = g_utf8_make_valid (cut, -1);
  return recipient;
}

/* One group of a delivery-status part. Returns: FALSE when it tells of no recipient. */
static gboolean
read_recipient (PnMail *mail, GHashTable *group, const char *prose)
{
  const char *final = g_hash_table_lookup (group, "final-recipient");
  const char *original = g_hash_table_lookup (group, "original-recipient");
  const char *said = g_hash_table_lookup (group, "action");
  const char *field = g_hash_table_lookup (group, "status");
  const char *diagnostic = g_hash_table_lookup (group, "diagnostic-code");

  if (final == NULL && original == NULL && said == NULL && field == NULL)
    return FALSE;
  if (mail->bounce->recipients->len >= RECIPIENTS_MAX)
    return TRUE;
  g_autofree char *address = final != NULL || original != NULL
                                 ? after_type (final != NULL ? final : original)
                                 : g_strdup ("");
  if (strchr (address, '@') == NULL && original != NULL) {
    g_free (address);
    address = after_type (original);
  }
  g_autofree char *status = judge_status (field, diagnostic);
  if (prose != NULL && (*status == '\0' || (diagnostic == NULL && is_general (status)))) {
    g_autofree char *better = judge_status (status, prose);

    g_free (status);
    status = g_steal_pointer (&better);
  }
  g_ptr_array_add (mail->bounce->recipients,
                   recipient_make (address, action_of (said, status), status, diagnostic));
  return TRUE;
}

static void
read_delivery_status (PnMail *mail, const char *text, const char *prose)
{
  for (const char *c = text + strspn (text, "\n"); c != NULL;) {
    g_autoptr (GHashTable) group = read_group (c, &c);

    read_recipient (mail, group, prose);
  }
}

/* Failed or late is a bounce; a report that only says good things is a delivery report. */
static PnMailKind
kind_of (const PnMail *mail)
{
  gboolean any_good = FALSE;

  for (guint i = 0; i < mail->bounce->recipients->len; i++) {
    const PnBounceRecipient *recipient = g_ptr_array_index (mail->bounce->recipients, i);

    if (strcmp (recipient->action, "failed") == 0 || strcmp (recipient->action, "delayed") == 0)
      return PN_MAIL_BOUNCE;
    any_good |= recipient->action[0] != '\0';
  }
  return any_good ? PN_MAIL_DELIVERY_REPORT : PN_MAIL_BOUNCE;
}

/* Finds "Message-ID: <x>" at the beginning of a line. */
static char *
find_message_id (const char *text)
{
  for (const char *c = text; c != NULL && *c != '\0'; c = strchr (c, '\n')) {
    c += strspn (c, "\n \t>");
    if (g_ascii_strncasecmp (c, "Message-ID:", 11) == 0) {
      const char *id = c + 11 + strspn (c + 11, " \t\r\n<");
      gsize n = strcspn (id, "> \t\r\n");

      if (n > 0)
        return g_strndup (id, MIN (n, LINE_BYTES_MAX));
    }
    if (*c == '\0')
      break;
  }
  return NULL;
}

/* Where a returned mail begins in the prose: what stands there is not about the failure. */
static gsize
prose_size (const char *text)
{
  static const char *const marks[] = {
    "--- below this line is a copy",
    "this is a copy of the message",
    "------ this is a copy",
    "--- original message",
    "----- original message",
    "----- message header follows",
    "----- unsent message",
    "--- the message cannot",
    "message headers follow",
    "original message follows",
    "headers of the original message",
    "----- returned",
    "----- original message header",
    "--returned",
    "original message headers",
    "undelivered message follows",
    "copy of the original message",
    "text of your message",
    "the header of the original",
    "--- undelivered message",
  };
  g_autofree char *lower = g_ascii_strdown (text, (gssize) strnlen (text, TEXT_BYTES_MAX));
  gsize size = strlen (lower);

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++) {
    const char *found = strstr (lower, marks[i]);

    if (found != NULL)
      size = MIN (size, (gsize) (found - lower));
  }
  const char *received = strstr (lower, "\nreceived: ");
  if (received != NULL)
    size = MIN (size, (gsize) (received - lower) + 1);
  return size;
}

static gboolean
is_own (const PnMail *mail, const char *address)
{
  if (pn_auto_is_robot_address (address) || g_ascii_strcasecmp (address, mail->from->address) == 0)
    return TRUE;
  for (guint i = 0; i < mail->to->len; i++) {
    const PnAddress *to = g_ptr_array_index (mail->to, i);

    if (g_ascii_strcasecmp (to->address, address) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Returns: (owned) the address around the '@' at @at, or NULL when there is none. */
static char *
address_around (const char *text, const char *at)
{
  static const char stops[] = " \t\r\n<>()[]\"',;:|=";
  const char *start = at;
  const char *end = at + 1;

  while (start > text && strchr (stops, start[-1]) == NULL && at - start < 100)
    start--;
  while (*end != '\0' && strchr (stops, *end) == NULL && end - at < 256)
    end++;
  while (end > at + 1 && (end[-1] == '.' || end[-1] == '-' || end[-1] == '*'))
    end--;
  g_autofree char *address = g_strndup (start, (gsize) (end - start));
  return pn_address_is_valid (address) && strchr (pn_address_domain (address), '.') != NULL
             ? g_steal_pointer (&address)
             : NULL;
}

/* Returns: (owned) the first address in @prose that is not the sender's, the reader's or a server's; NULL when none. */
static char *
find_recipient (const PnMail *mail, const char *prose)
{
  for (const char *at = strchr (prose, '@'); at != NULL; at = strchr (at + 1, '@')) {
    g_autofree char *address = address_around (prose, at);

    if (address != NULL && !is_own (mail, address))
      return g_steal_pointer (&address);
  }
  return NULL;
}

/* Returns: (owned) the line that holds the best code, as the diagnostic. */
static char *
diagnostic_of (const char *prose, const char *status)
{
  const char *found = status[0] != '\0' ? strstr (prose, status) : NULL;
  const char *start;

  if (found == NULL)
    return g_strdup ("");
  for (start = found; start > prose && start[-1] != '\n' && found - start < DIAGNOSTIC_BYTES_MAX;
       start--)
    ;
  return g_strndup (start, strcspn (start, "\n"));
}

/* A bounce in words. */
static void
read_prose (PnMail *mail, const char *text)
{
  const char *header = pn_mail_header (mail, "X-Failed-Recipients");
  g_autofree char *prose = g_strndup (text, prose_size (text));
  g_autofree char *lower = g_ascii_strdown (prose, -1);
  g_autofree char *status = judge_status (NULL, prose);
  g_autofree char *diagnostic = diagnostic_of (prose, status);
  gboolean is_late = status[0] != '5' && pn_bounce_is_delay (lower);
  int code = pn_bounce_find_reply_code (prose);
  const char *action = is_late ? "delayed" : "failed";

  if (status[0] == '4' && !is_late && code < 500)
    action = pn_bounce_is_delay (lower) ? "delayed" : "failed";
  if (header != NULL) {
    g_autoptr (GPtrArray) list = pn_address_read_list (header);

    for (guint i = 0; i < MIN (list->len, RECIPIENTS_MAX); i++) {
      const PnAddress *address = g_ptr_array_index (list, i);

      g_ptr_array_add (mail->bounce->recipients,
                       recipient_make (address->address, action, status, diagnostic));
    }
  }
  if (mail->bounce->recipients->len == 0) {
    g_autofree char *address = find_recipient (mail, prose);

    g_ptr_array_add (mail->bounce->recipients,
                     recipient_make (address != NULL ? address : "", action, status, diagnostic));
  }
}

static gboolean
is_answer_subject (const char *subject)
{
  static const char *const prefixes[] = { "re:", "aw:", "fwd:", "fw:", "sv:", "antw:", "wg:" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    if (g_ascii_strncasecmp (subject, prefixes[i], strlen (prefixes[i])) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether the sender calls itself a mail system. */
static gboolean
is_from_daemon (const PnMail *mail)
{
  static const char *const addresses[] = { "mailer-daemon",
                                           "postmaster",
                                           "post_master",
                                           "post-master",
                                           "mail-daemon",
                                           "mailerdaemon",
                                           "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e" };
  static const char *const names[] = { "mail delivery", "mailer-daemon", "mailer daemon" };
  g_autofree char *name = g_ascii_strdown (mail->from->name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    if (g_ascii_strncasecmp (mail->from->address, addresses[i], strlen (addresses[i])) == 0)
      return TRUE;
  }
  return pn_text_has_any (name, names, G_N_ELEMENTS (names));
}

/* Whether a mail without a report part is a bounce all the same. The text of most mails need not be looked at. */
static gboolean
is_prose_bounce (const PnMail *mail, const char *text, gboolean has_original)
{
  gboolean is_daemon = is_from_daemon (mail);
  gboolean is_null = mail->return_path != NULL && mail->return_path[0] == '\0';
  gboolean has_subject = pn_bounce_is_subject (mail->subject) && !is_answer_subject (mail->subject);

  if (pn_mail_header (mail, "X-Failed-Recipients") != NULL || (is_null && has_subject))
    return TRUE;
  if (!is_daemon && !is_null && !has_subject)
    return FALSE;
  g_autofree char *cut = g_strndup (text, prose_size (text));
  g_autofree char *lower = g_utf8_strdown (cut, -1);
  g_autofree char *status = pn_bounce_find_status (cut);
  gboolean has_words = pn_bounce_is_text (lower);
  gboolean has_code = pn_bounce_find_reply_code (cut) >= 400;
  gboolean has_status = status != NULL && status[0] != '2';
  if (is_daemon && (has_subject || has_words || has_code || has_status))
    return TRUE;
  if (is_null && (has_words || (has_code && (has_original || has_status))))
    return TRUE;
  /* A person who tells of an error names nobody else whom a mail did not reach. */
  g_autofree char *recipient = has_subject && has_words ? find_recipient (mail, cut) : NULL;
  return has_subject && has_words
         && ((has_code && (has_status || recipient != NULL))
             || pn_auto_is_robot_address (mail->from->address)
             || pn_mail_header (mail, "Auto-Submitted") != NULL);
}

/* Returns: the fields of a report that somebody made plain text of; NULL when there are none. */
static const char *
find_fields (const char *text)
{
  const char *found = strstr (text, "\nFinal-Recipient:");

  return found != NULL ? found + 1 : NULL;
}

static void
judge_delivery (PnMail *mail, const PnReport *report)
{
  const char *prose = report->text != NULL ? report->text : "";

  mail->bounce = pn_bounce_new ();
  if (report->delivery_status != NULL) {
    g_autofree char *cut = g_strndup (prose, prose_size (prose));

    read_delivery_status (mail, report->delivery_status, cut);
  }
  const char *flat = report->delivery_status == NULL ? find_fields (prose) : NULL;
  if (flat != NULL)
    read_delivery_status (mail, flat, NULL);
  if (mail->bounce->recipients->len == 0)
    read_prose (mail, prose);
  mail->bounce->original_message_id =
      report->original != NULL ? find_message_id (report->original) : NULL;
  if (mail->bounce->original_message_id == NULL)
    mail->bounce->original_message_id = find_message_id (prose);
  mail->kind = kind_of (mail);
  add_reason (mail, mail->kind == PN_MAIL_BOUNCE ? "it says that a mail was not delivered"
                                                 : "it says that a mail was delivered");
}

static gboolean
is_report (const PnReport *report, const char *type)
{
  return report->report_type != NULL && strcmp (report->report_type, type) == 0;
}

/* Complaints of providers that have a form of their own. */
static gboolean
is_complaint (const PnMail *mail)
{
  g_autofree char *subject = g_utf8_strdown (mail->subject, -1);

  return pn_mail_header (mail, "X-HmXmrOriginalRecipient") != NULL
         || g_str_has_prefix (subject, "complaint about message")
         || g_str_has_prefix (subject, "email feedback report")
         || g_str_has_prefix (subject, "abuse report");
}

void
pn_bounce_judge (PnMail *mail, const PnReport *report)
{
  const char *text = report->text != NULL ? report->text : "";

  if (report->feedback != NULL || is_report (report, "feedback-report") || is_complaint (mail)) {
    mail->kind = PN_MAIL_FEEDBACK_REPORT;
    add_reason (mail, "it is a complaint that a provider sent (feedback report)");
  } else if (report->disposition != NULL || is_report (report, "disposition-notification")) {
    mail->kind = PN_MAIL_DISPOSITION;
    add_reason (mail, "it is a receipt that says what became of a mail");
  } else if (pn_bounce_notice_read (mail, text)) {
    add_reason (mail, "it is a mail service's notice of what became of a mail");
  } else if (report->delivery_status != NULL || is_report (report, "delivery-status")) {
    judge_delivery (mail, report);
  } else if (is_prose_bounce (mail, text, report->original != NULL)) {
    judge_delivery (mail, report);
  }
}
