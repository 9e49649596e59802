#include "gateway/mail/imap.h"

#include <libetpan/mailimap.h>
#include <string.h>

#include "gateway/mail/imap_private.h"
#include "ticketing/core/error.h"

#define COMMAND_SECONDS 60
#define LOGOUT_SECONDS 5
#define IDLE_ANSWER_SECONDS 30
#define NO_IDLE_SECONDS 30
#define LIST_BYTES (64 * 1024 * 1024)

const PnImapAllowance pn_imap_ordinary = { COMMAND_SECONDS, PN_IMAP_COMMAND_BYTES,
                                           PN_IMAP_SLACK_BYTES };

/* -- commands --------------------------------------------------------------------------------------------------- */

static const char *
guard_bytes (gpointer data, const char *bytes, gsize size_bytes)
{
  return pn_imap_guard_feed (data, bytes, size_bytes);
}

void
pn_imap_begin (PnImap *imap, const PnImapAllowance *allowance)
{
  imap->guard.literal_limit_bytes = allowance->literal_bytes;
  pn_stream_begin (imap->stream, allowance->seconds, allowance->budget_bytes);
}

/* Any command's answer may bring the one EXISTS that tells of a new mail. */
static void
note_news (PnImap *imap)
{
  struct mailimap_selection_info *info = imap->etpan->imap_selection_info;

  if (info == NULL)
    return;
  imap->has_changed = imap->has_changed || info->sel_has_exists;
  info->sel_has_exists = 0;
}

gboolean
pn_imap_set_broken (PnImap *imap, int result, GError **error)
{
  g_autofree char *words = NULL;

  if (!pn_stream_has_failed (imap->stream)) {
    words = pn_stream_clean_words (imap->etpan->imap_response);
    pn_stream_give_up (imap->stream, "sent something that is not IMAP");
    if (result == MAILIMAP_ERROR_PROTOCOL || result == MAILIMAP_ERROR_FATAL
        || result == MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "%s said: %s", imap->name, words);
      return FALSE;
    }
  }
  pn_stream_set_error (imap->stream, error);
  return FALSE;
}

gboolean
pn_imap_send_line (PnImap *imap, gboolean has_tag, const char *text)
{
  mailstream *stream = imap->etpan->imap_stream;

  if (pn_stream_has_failed (imap->stream))
    return FALSE;
  return (!has_tag || mailimap_send_current_tag (imap->etpan) == MAILIMAP_NO_ERROR)
         && mailstream_write (stream, text, strlen (text)) >= 0
         && mailstream_write (stream, "\r\n", 2) >= 0 && mailstream_flush (stream) == 0;
}

gboolean
pn_imap_run (PnImap *imap, const char *command, const PnImapAllowance *allowance,
             PnImapAnswer *answer, GError **error)
{
  mailimap *etpan = imap->etpan;
  struct mailimap_response *response = NULL;
  int result = MAILIMAP_ERROR_STREAM;

  pn_imap_begin (imap, allowance);
  if (pn_imap_send_line (imap, TRUE, command) && mailimap_read_line (etpan) != NULL)
    result = mailimap_parse_response (etpan, &response);
  if (result != MAILIMAP_NO_ERROR)
    return pn_imap_set_broken (imap, result, error);
  *answer = response->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type
                    == MAILIMAP_RESP_COND_STATE_OK
                ? PN_IMAP_ANSWER_OK
                : PN_IMAP_ANSWER_NO;
  mailimap_response_free (response);
  note_news (imap);
  return TRUE;
}

gboolean
pn_imap_set_refused (PnImap *imap, const char *what, GError **error)
{
  g_autofree char *words = pn_stream_clean_words (imap->etpan->imap_response);

  pn_error_set (error, PN_ERROR_TEMPORARY, "%s refused %s: %s", imap->name, what, words);
  return FALSE;
}

gboolean
pn_imap_must (PnImap *imap, const char *what, const char *command, const PnImapAllowance *allowance,
              GError **error)
{
  PnImapAnswer answer;

  if (!pn_imap_run (imap, command, allowance, &answer, error))
    return FALSE;
  return answer == PN_IMAP_ANSWER_OK || pn_imap_set_refused (imap, what, error);
}

PnImapLineKind
pn_imap_read_line (PnImap *imap, char **code, char **words, GError **error)
{
  g_autofree char *tag = g_strdup_printf ("%d", imap->etpan->imap_tag);
  const char *line =
      mailstream_read_line_remove_eol (imap->etpan->imap_stream, imap->etpan->imap_stream_buffer);
  PnImapLineKind kind = PN_IMAP_LINE_JUNK;

  if (line != NULL && !pn_stream_has_failed (imap->stream))
    kind = pn_imap_line_read (line, tag, code, words);
  if (kind == PN_IMAP_LINE_BYE) {
    g_autofree char *clean = pn_stream_clean_words (*words);

    pn_stream_give_up (imap->stream, "said goodbye");
    pn_error_set (error, PN_ERROR_TEMPORARY, "%s said: %s", imap->name, clean);
  } else if (kind == PN_IMAP_LINE_JUNK) {
    pn_imap_set_broken (imap, MAILIMAP_ERROR_PARSE, error);
  }
  return kind;
}

/* -- connecting ------------------------------------------------------------------------------------------------- */

PnImap *
pn_imap_open (const PnServer *server, int wake_fd, GError **error)
{
  g_autoptr (PnImap) imap = g_new0 (PnImap, 1);

  imap->wake_fd = wake_fd;
  imap->name = g_strdup (server->host);
  imap->stream = pn_stream_open (server, wake_fd, error);
  if (imap->stream == NULL)
    return NULL;
  pn_imap_guard_init (&imap->guard, PN_IMAP_SLACK_BYTES);
  pn_stream_set_guard (imap->stream, guard_bytes, &imap->guard);
  imap->etpan = mailimap_new (0, NULL);
  /* What the server says it can do may differ before TLS, after it and after the log-in: asked anew each time. */
  if (!pn_imap_greet (imap, server, error)
      || !pn_imap_must (imap, "CAPABILITY", "CAPABILITY", &pn_imap_ordinary, error)
      || !pn_imap_log_in (imap, server, error)
      || !pn_imap_must (imap, "CAPABILITY", "CAPABILITY", &pn_imap_ordinary, error))
    return NULL;
  return g_steal_pointer (&imap);
}

void
pn_imap_free (PnImap *imap)
{
  if (imap == NULL)
    return;
  if (imap->etpan != NULL) {
    /* Logs out; a stream that failed refuses at once. */
    pn_stream_begin (imap->stream, LOGOUT_SECONDS, PN_IMAP_COMMAND_BYTES);
    mailimap_free (imap->etpan);
  }
  pn_stream_free (imap->stream);
  g_free (imap->name);
  g_free (imap->done_folder);
  g_free (imap);
}

gboolean
pn_imap_has_move (const PnImap *imap)
{
  return mailimap_has_extension (imap->etpan, "MOVE") != 0;
}

gboolean
pn_imap_has_idle (const PnImap *imap)
{
  return mailimap_has_extension (imap->etpan, "IDLE") != 0;
}

/* -- the folder ------------------------------------------------------------------------------------------------- */

gboolean
pn_imap_select (PnImap *imap, const char *folder, guint32 *uidvalidity, GError **error)
{
  int result;

  pn_imap_begin (imap, &pn_imap_ordinary);
  if (pn_stream_has_failed (imap->stream))
    return pn_imap_set_broken (imap, MAILIMAP_ERROR_STREAM, error);
  result = mailimap_select (imap->etpan, folder);
  if (result == MAILIMAP_ERROR_SELECT) {
    g_autofree char *words = pn_stream_clean_words (imap->etpan->imap_response);

    pn_error_set (error, PN_ERROR_NOT_FOUND, "%s cannot open the folder %s: %s", imap->name, folder,
                  words);
    return FALSE;
  }
  if (result != MAILIMAP_NO_ERROR || imap->etpan->imap_selection_info == NULL)
    return pn_imap_set_broken (imap, result, error);
  imap->etpan->imap_selection_info->sel_has_exists = 0;
  imap->has_changed = TRUE;
  *uidvalidity = imap->etpan->imap_selection_info->sel_uidvalidity;
  return TRUE;
}

static int
compare_uids (gconstpointer a, gconstpointer b)
{
  guint32 left = *(const guint32 *) a;
  guint32 right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

GArray *
pn_imap_list (PnImap *imap, GError **error)
{
  static const PnImapAllowance allowance = { COMMAND_SECONDS, LIST_BYTES, PN_IMAP_SLACK_BYTES };
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  const clist *found;

  imap->has_changed = FALSE;
  if (!pn_imap_must (imap, "a search", "UID SEARCH UNKEYWORD " PN_IMAP_KEYWORD, &allowance, error))
    return NULL;
  found = imap->etpan->imap_response_info->rsp_search_result;
  for (clistiter *i = found != NULL ? clist_begin (found) : NULL; i != NULL; i = clist_next (i))
    g_array_append_vals (uids, clist_content (i), 1);
  g_array_sort (uids, compare_uids);
  return g_steal_pointer (&uids);
}

gboolean
pn_imap_has_uid (const GArray *uids, guint32 uid)
{
  return g_array_binary_search ((GArray *) uids, &uid, compare_uids, NULL);
}

/* -- what is done ----------------------------------------------------------------------------------------------- */

/* Asks for the delimiter; without a good answer "/" stays. */
static gboolean
name_done_folder (PnImap *imap, const char *folder, GError **error)
{
  PnImapAnswer answer;
  const clist *list;
  char delimiter = '/';

  if (imap->done_folder != NULL)
    return TRUE;
  if (!pn_imap_run (imap, "LIST \"\" \"\"", &pn_imap_ordinary, &answer, error))
    return FALSE;
  list = imap->etpan->imap_response_info->rsp_mailbox_list;
  if (answer == PN_IMAP_ANSWER_OK && list != NULL && clist_begin (list) != NULL) {
    const struct mailimap_mailbox_list *entry = clist_content (clist_begin (list));

    if (strchr ("/.\\", entry->mb_delimiter) != NULL && entry->mb_delimiter != '\0')
      delimiter = entry->mb_delimiter;
  }
  imap->done_folder = g_strdelimit (g_strdup (folder), "/", delimiter);
  return TRUE;
}

/* Returns: (owned) @name as a quoted string. Folder names come from our settings. */
static char *
quote (const char *name)
{
  g_autoptr (GString) quoted = g_string_new ("\"");

  for (const char *c = name; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (quoted, '\\');
    if ((guchar) *c >= ' ')
      g_string_append_c (quoted, *c);
  }
  g_string_append_c (quoted, '"');
  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static gboolean
move (PnImap *imap, const char *set, PnImapAnswer *answer, GError **error)
{
  g_autofree char *folder = quote (imap->done_folder);
  g_autofree char *command = g_strdup_printf ("UID MOVE %s %s", set, folder);

  return pn_imap_run (imap, command, &pn_imap_ordinary, answer, error);
}

/* Some servers keep all folders below INBOX. */
static gboolean
make_done_folder (PnImap *imap, PnImapAnswer *answer, GError **error)
{
  g_autofree char *folder = quote (imap->done_folder);
  g_autofree char *command = g_strconcat ("CREATE ", folder, NULL);

  if (!pn_imap_run (imap, command, &pn_imap_ordinary, answer, error))
    return FALSE;
  if (*answer == PN_IMAP_ANSWER_NO && !g_str_has_prefix (imap->done_folder, "INBOX.")) {
    g_autofree char *below = g_strconcat ("INBOX.", imap->done_folder, NULL);
    g_autofree char *quoted = quote (below);
    g_autofree char *second = g_strconcat ("CREATE ", quoted, NULL);

    if (!pn_imap_run (imap, second, &pn_imap_ordinary, answer, error))
      return FALSE;
    if (*answer == PN_IMAP_ANSWER_OK) {
      g_free (imap->done_folder);
      imap->done_folder = g_steal_pointer (&below);
    }
  }
  return TRUE;
}

/* Returns: TRUE in @is_moved when the server did it. */
static gboolean
try_move (PnImap *imap, const char *set, const char *folder, gboolean *is_moved, GError **error)
{
  PnImapAnswer answer;
  PnImapAnswer made;

  *is_moved = FALSE;
  if (!name_done_folder (imap, folder, error) || !move (imap, set, &answer, error))
    return FALSE;
  /* NO is nearly always the missing folder, whether or not the server says TRYCREATE. When another fetcher has just
   * made it, CREATE fails and the second MOVE works. */
  if (answer == PN_IMAP_ANSWER_NO
      && (!make_done_folder (imap, &made, error) || !move (imap, set, &answer, error)))
    return FALSE;
  *is_moved = answer == PN_IMAP_ANSWER_OK;
  return TRUE;
}

gboolean
pn_imap_file_away (PnImap *imap, const guint32 *uids, gsize n_uids, const char *folder,
                   GError **error)
{
  g_autofree char *set = pn_imap_write_set (uids, n_uids);
  g_autofree char *command =
      g_strdup_printf ("UID STORE %s +FLAGS.SILENT (%s)", set, PN_IMAP_KEYWORD);
  gboolean is_moved = FALSE;

  g_return_val_if_fail (n_uids > 0 && n_uids <= PN_IMAP_BATCH, FALSE);

  if (!imap->must_use_keyword && pn_imap_has_move (imap)) {
    if (!try_move (imap, set, folder, &is_moved, error))
      return FALSE;
    if (is_moved)
      return TRUE;
    imap->must_use_keyword = TRUE;
  }
  return pn_imap_must (imap, "the mark for what is done", command, &pn_imap_ordinary, error);
}

/* -- waiting ---------------------------------------------------------------------------------------------------- */

/* Reads lines until one of the kind @until, or a tagged one. Any untagged line is news. */
static gboolean
read_until (PnImap *imap, PnImapLineKind until, gboolean *is_there, GError **error)
{
  *is_there = FALSE;
  for (;;) {
    g_autofree char *code = NULL;
    g_autofree char *words = NULL;
    PnImapLineKind kind = pn_imap_read_line (imap, &code, &words, error);

    switch (kind) {
    case PN_IMAP_LINE_JUNK:
    case PN_IMAP_LINE_BYE: return FALSE;
    case PN_IMAP_LINE_UNTAGGED: imap->has_changed = TRUE; break;
    case PN_IMAP_LINE_CONTINUE:
      if (kind == until) {
        *is_there = TRUE;
        return TRUE;
      }
      break;
    case PN_IMAP_LINE_OK:
    case PN_IMAP_LINE_NO:
    case PN_IMAP_LINE_BAD: *is_there = kind == until; return TRUE;
    }
  }
}

static PnImapEvent
event_of (PnStreamEvent event)
{
  switch (event) {
  case PN_STREAM_DATA: return PN_IMAP_CHANGED;
  case PN_STREAM_WOKEN: return PN_IMAP_WOKEN;
  case PN_STREAM_TIMEOUT: return PN_IMAP_QUIET;
  }
  g_return_val_if_reached (PN_IMAP_CHANGED);
}

/* Without IDLE: one look after a while. */
static gboolean
look (PnImap *imap, guint seconds, PnImapEvent *event, GError **error)
{
  *event = event_of (pn_stream_wait (imap->stream, MIN (seconds, NO_IDLE_SECONDS)));
  if (!pn_imap_must (imap, "a look", "NOOP", &pn_imap_ordinary, error))
    return FALSE;
  if (*event == PN_IMAP_QUIET && imap->has_changed)
    *event = PN_IMAP_CHANGED;
  return TRUE;
}

gboolean
pn_imap_idle (PnImap *imap, guint seconds, PnImapEvent *event, GError **error)
{
  static const PnImapAllowance allowance = { IDLE_ANSWER_SECONDS, PN_IMAP_COMMAND_BYTES, 0 };
  gboolean is_idle;
  gboolean is_done;

  *event = PN_IMAP_CHANGED;
  if (imap->has_changed)
    return TRUE;
  if (!pn_imap_has_idle (imap))
    return look (imap, seconds, event, error);
  /* libetpan's own mailimap_idle () loses "* 2 EXISTS" before "+ idling"; and it would have us believe the count. */
  pn_imap_begin (imap, &allowance);
  if (!pn_imap_send_line (imap, TRUE, "IDLE"))
    return pn_imap_set_broken (imap, MAILIMAP_ERROR_STREAM, error);
  if (!read_until (imap, PN_IMAP_LINE_CONTINUE, &is_idle, error))
    return FALSE;
  if (!is_idle)
    return look (imap, seconds, event, error);
  if (!imap->has_changed)
    *event = event_of (pn_stream_wait (imap->stream, seconds));
  pn_imap_begin (imap, &allowance);
  if (!pn_imap_send_line (imap, FALSE, "DONE")
      || !read_until (imap, PN_IMAP_LINE_OK, &is_done, error)) {
    if (error != NULL && *error == NULL)
      pn_imap_set_broken (imap, MAILIMAP_ERROR_STREAM, error);
    return FALSE;
  }
  if (*event == PN_IMAP_QUIET && imap->has_changed)
    *event = PN_IMAP_CHANGED;
  return TRUE;
}
