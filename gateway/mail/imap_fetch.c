#include "gateway/mail/imap_private.h"

#include <errno.h>
#include <libetpan/mailimap.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"

#define BODY_SECONDS 120
#define BODY_RATE_BYTES (8 * 1024) /* a second: slower servers are given up */
#define SET_UIDS 200               /* in one command */

char *
pn_imap_write_set (const guint32 *uids, gsize n_uids)
{
  g_autoptr (GString) set = g_string_new (NULL);

  for (gsize i = 0; i < n_uids; i++)
    g_string_append_printf (set, "%s%u", i == 0 ? "" : ",", uids[i]);
  return g_string_free (g_steal_pointer (&set), FALSE);
}

/* What we asked for about one mail. */
typedef struct {
  PnImapMail mail;
  const char *bytes; /* NULL: no body came */
  gsize size_bytes;
} FetchItem;

static PnTime
read_date (const struct mailimap_date_time *date)
{
  struct tm tm = { .tm_year = date->dt_year - 1900,
                   .tm_mon = date->dt_month - 1,
                   .tm_mday = date->dt_day,
                   .tm_hour = date->dt_hour,
                   .tm_min = date->dt_min,
                   .tm_sec = date->dt_sec };
  int zone_minutes = date->dt_zone / 100 * 60 + date->dt_zone % 100;
  time_t seconds = timegm (&tm);

  return seconds > 0 ? ((PnTime) seconds - zone_minutes * 60) * PN_SECOND : 0;
}

static void
read_item (const struct mailimap_msg_att_static *att, FetchItem *item)
{
  switch (att->att_type) {
  case MAILIMAP_MSG_ATT_UID: item->mail.uid = att->att_data.att_uid; break;
  case MAILIMAP_MSG_ATT_RFC822_SIZE: item->mail.size_bytes = att->att_data.att_rfc822_size; break;
  case MAILIMAP_MSG_ATT_INTERNALDATE:
    item->mail.internal_date = read_date (att->att_data.att_internal_date);
    break;
  case MAILIMAP_MSG_ATT_BODY_SECTION:
    item->bytes = att->att_data.att_body_section->sec_body_part;
    item->size_bytes = att->att_data.att_body_section->sec_length;
    break;
  default: break;
  }
}

static FetchItem
read_fetch (const struct mailimap_msg_att *message)
{
  FetchItem item = { 0 };

  for (clistiter *i = clist_begin (message->att_list); i != NULL; i = clist_next (i)) {
    const struct mailimap_msg_att_item *att = clist_content (i);

    if (att->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
      read_item (att->att_data.att_static, &item);
  }
  return item;
}

static clistiter *
first_fetch (const PnImap *imap)
{
  const clist *list = imap->etpan->imap_response_info->rsp_fetch_list;

  return list != NULL ? clist_begin (list) : NULL;
}

GArray *
pn_imap_sizes (PnImap *imap, const guint32 *uids, gsize n_uids, GError **error)
{
  g_autoptr (GArray) mails = g_array_new (FALSE, FALSE, sizeof (PnImapMail));

  for (gsize done = 0; done < n_uids; done += SET_UIDS) {
    g_autofree char *set = pn_imap_write_set (uids + done, MIN (SET_UIDS, n_uids - done));
    g_autofree char *command = g_strdup_printf ("UID FETCH %s (UID RFC822.SIZE INTERNALDATE)", set);

    if (!pn_imap_must (imap, "the sizes of mails", command, &pn_imap_ordinary, error))
      return NULL;
    for (clistiter *i = first_fetch (imap); i != NULL; i = clist_next (i)) {
      FetchItem item = read_fetch (clist_content (i));

      /* An unasked FETCH tells of flags and has no UID. */
      if (item.mail.uid != 0)
        g_array_append_val (mails, item.mail);
    }
  }
  return g_steal_pointer (&mails);
}

/* -- mails ------------------------------------------------------------------------------------------------------ */

static PnImapAllowance
allowance_for (gint64 size_bytes, gint64 largest_bytes)
{
  return (PnImapAllowance){
    .seconds = (guint) (BODY_SECONDS + size_bytes / BODY_RATE_BYTES),
    .budget_bytes = size_bytes + size_bytes / 8 + PN_IMAP_COMMAND_BYTES,
    .literal_bytes = largest_bytes + largest_bytes / 8 + PN_IMAP_SLACK_BYTES,
  };
}

static gboolean
was_asked (const PnImapMail *mails, gsize n_mails, guint32 uid)
{
  for (gsize i = 0; i < n_mails; i++) {
    if (mails[i].uid == uid)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_imap_fetch (PnImap *imap, const PnImapMail *mails, gsize n_mails, PnImapBody body, gpointer data,
               GError **error)
{
  guint32 uids[PN_IMAP_BATCH];
  gint64 sum = 0;
  gint64 largest = 0;
  g_autofree char *set = NULL;
  g_autofree char *command = NULL;
  PnImapAllowance allowance;

  g_return_val_if_fail (n_mails > 0 && n_mails <= PN_IMAP_BATCH, FALSE);

  for (gsize i = 0; i < n_mails; i++) {
    uids[i] = mails[i].uid;
    sum += mails[i].size_bytes;
    largest = MAX (largest, mails[i].size_bytes);
  }
  allowance = allowance_for (sum, largest);
  set = pn_imap_write_set (uids, n_mails);
  command = g_strdup_printf ("UID FETCH %s (UID BODY.PEEK[])", set);
  if (!pn_imap_must (imap, "mails", command, &allowance, error))
    return FALSE;
  for (clistiter *i = first_fetch (imap); i != NULL; i = clist_next (i)) {
    FetchItem item = read_fetch (clist_content (i));

    if (item.bytes == NULL || !was_asked (mails, n_mails, item.mail.uid))
      continue;
    PN_CRASH_POINT ("fetch-fetched-half");
    if (!body (item.mail.uid, item.bytes, item.size_bytes, data, error))
      return FALSE;
  }
  return TRUE;
}

typedef struct {
  int fd;
  gint64 limit_bytes;
  gint64 written_bytes;
  int failure; /* errno; EMSGSIZE: above the limit */
} Sink;

static bool
write_sink (int att_type, struct mailimap_msg_att_body_section *section, const char *bytes,
            size_t length, void *data)
{
  Sink *sink = data;

  if (sink->written_bytes + (gint64) length > sink->limit_bytes)
    sink->failure = EMSGSIZE;
  while (length > 0 && sink->failure == 0) {
    gssize n = write (sink->fd, bytes, length);

    if (n < 0 && errno != EINTR) {
      sink->failure = errno;
    } else if (n > 0) {
      bytes += n;
      length -= (gsize) n;
      sink->written_bytes += n;
    }
  }
  PN_CRASH_POINT ("fetch-fetched-half");
  return sink->failure == 0;
}

gboolean
pn_imap_fetch_fd (PnImap *imap, const PnImapMail *mail, int fd, gint64 limit_bytes,
                  gboolean *is_there, GError **error)
{
  PnImapAllowance allowance = allowance_for (mail->size_bytes, mail->size_bytes);
  Sink sink = { .fd = fd, .limit_bytes = limit_bytes };
  g_autofree char *command = g_strdup_printf ("UID FETCH %u (UID BODY.PEEK[])", mail->uid);
  PnImapAnswer answer = PN_IMAP_ANSWER_NO;
  gboolean has_run;

  mailimap_set_msg_body_handler (imap->etpan, write_sink, &sink);
  has_run = pn_imap_run (imap, command, &allowance, &answer, error);
  mailimap_set_msg_body_handler (imap->etpan, NULL, NULL);
  if (sink.failure != 0) {
    g_clear_error (error);
    pn_stream_give_up (imap->stream, "was stopped in the middle of a mail");
    pn_error_set (error, sink.failure == EMSGSIZE ? PN_ERROR_INVALID : PN_ERROR_TEMPORARY,
                  sink.failure == EMSGSIZE ? "the mail is larger than it said: %s"
                                           : "a mail cannot be kept: %s",
                  g_strerror (sink.failure));
    return FALSE;
  }
  if (!has_run)
    return FALSE;
  if (answer != PN_IMAP_ANSWER_OK)
    return pn_imap_set_refused (imap, "a mail", error);
  *is_there = FALSE;
  for (clistiter *i = first_fetch (imap); i != NULL; i = clist_next (i)) {
    FetchItem item = read_fetch (clist_content (i));

    /* NIL instead of a body: somebody expunged it just now. */
    if (item.mail.uid == mail->uid && (sink.written_bytes > 0 || mail->size_bytes == 0))
      *is_there = TRUE;
  }
  return TRUE;
}

GBytes *
pn_imap_fetch_header (PnImap *imap, guint32 uid, GError **error)
{
  PnImapAllowance allowance = allowance_for (PN_IMAP_HEADER_BYTES, PN_IMAP_HEADER_BYTES);
  g_autofree char *command =
      g_strdup_printf ("UID FETCH %u (UID BODY.PEEK[HEADER]<0.%d>)", uid, PN_IMAP_HEADER_BYTES);

  if (!pn_imap_must (imap, "a mail's header", command, &allowance, error))
    return NULL;
  for (clistiter *i = first_fetch (imap); i != NULL; i = clist_next (i)) {
    FetchItem item = read_fetch (clist_content (i));

    if (item.mail.uid == uid && item.bytes != NULL)
      return g_bytes_new (item.bytes, item.size_bytes);
  }
  return NULL;
}
