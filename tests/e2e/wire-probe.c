/* wire-probe: drives imap.h and smtp.h from a test's command line, one JSON object a line on stdout.
 *
 *   wire-probe imap  OPTIONS [list] [fetch:DIR] [header:UID] [away:FOLDER] [idle:SECONDS] …
 *   wire-probe smtp  OPTIONS [send:FILE] [refuse:FILE] …         refuse: before_dot () says no
 *
 * The last line is {"done":true,"rss_kb":N} or {"error":"TEMPORARY","message":"…"}; the exit code follows.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/mail/imap.h"
#include "gateway/mail/smtp.h"
#include "ticketing/core/error.h"

static char *transport = NULL;
static char *login = NULL;
static char *folder = NULL;
static char *from = NULL;
static char *to = NULL;
static char *envid = NULL;
static int port = 0;
static gint64 limit_bytes = 100 * 1024 * 1024;
static PnServer server = { 0 };

static const GOptionEntry options[] = {
  { "host", 0, 0, G_OPTION_ARG_STRING, &server.host, "server", "HOST" },
  { "port", 0, 0, G_OPTION_ARG_INT, &port, "port", "PORT" },
  { "transport", 0, 0, G_OPTION_ARG_STRING, &transport, "tls, starttls, plain", "WORD" },
  { "login", 0, 0, G_OPTION_ARG_STRING, &login, "none, password, token", "WORD" },
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &server.ca_file, "certificate authority", "FILE" },
  { "user", 0, 0, G_OPTION_ARG_STRING, &server.user, "user", "USER" },
  { "secret", 0, 0, G_OPTION_ARG_STRING, &server.secret, "password or token", "SECRET" },
  { "folder", 0, 0, G_OPTION_ARG_STRING, &folder, "folder", "NAME" },
  { "limit", 0, 0, G_OPTION_ARG_INT64, &limit_bytes, "largest mail", "BYTES" },
  { "from", 0, 0, G_OPTION_ARG_STRING, &from, "sender", "ADDRESS" },
  { "to", 0, 0, G_OPTION_ARG_STRING, &to, "recipient", "ADDRESS" },
  { "envid", 0, 0, G_OPTION_ARG_STRING, &envid, "envelope id", "WORD" },
  { NULL },
};

static const char *const error_names[] = { "INVALID",   "DENIED",    "NOT_FOUND", "CONFLICT",
                                           "TEMPORARY", "PERMANENT", "UNCERTAIN" };

static void
print (json_t *object)
{
  g_autofree char *text = json_dumps (object, JSON_COMPACT);

  puts (text);
  fflush (stdout);
  json_decref (object);
}

/* getrusage () would count what our parent used before it became us. */
static gint64
peak_kb (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoll (line + 6, NULL, 10) : 0;
}

static int
finish (const GError *error)
{

  if (error != NULL) {
    print (json_pack ("{s:s, s:s}", "error", error_names[error->code], "message", error->message));
    return pn_error_exit_code (error);
  }
  print (json_pack ("{s:b, s:I}", "done", 1, "rss_kb", (json_int_t) peak_kb ()));
  return 0;
}

static int
find (const char *word, const char *const *words)
{
  for (int i = 0; words[i] != NULL; i++) {
    if (g_strcmp0 (word, words[i]) == 0)
      return i;
  }
  return 0;
}

/* -- IMAP ------------------------------------------------------------------------------------- */

static gboolean
write_body (guint32 uid, const char *bytes, gsize size_bytes, gpointer data, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.eml", (const char *) data, uid);

  return g_file_set_contents (path, bytes, (gssize) size_bytes, error);
}

static gboolean
fetch_one (PnImap *imap, const PnImapMail *mail, const char *folder_path, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.eml", folder_path, mail->uid);
  int fd = open (path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  gboolean is_there = FALSE;
  gboolean is_good = pn_imap_fetch_fd (imap, mail, fd, limit_bytes, &is_there, error);

  close (fd);
  return is_good;
}

static gboolean
act_fetch (PnImap *imap, GArray *uids, const char *path, GError **error)
{
  g_autoptr (GArray) mails = NULL;
  g_autoptr (GArray) small = g_array_new (FALSE, FALSE, sizeof (PnImapMail));

  mails = pn_imap_sizes (imap, (const guint32 *) (void *) uids->data, uids->len, error);
  if (mails == NULL)
    return FALSE;
  for (guint i = 0; i < mails->len; i++) {
    const PnImapMail *mail = &g_array_index (mails, PnImapMail, i);

    print (json_pack ("{s:I, s:I, s:I}", "uid", (json_int_t) mail->uid, "size",
                      (json_int_t) mail->size_bytes, "date", (json_int_t) mail->internal_date));
    if (mail->size_bytes < 100000 && small->len < PN_IMAP_BATCH)
      g_array_append_vals (small, mail, 1);
    else if (!fetch_one (imap, mail, path, error))
      return FALSE;
  }
  return small->len == 0
         || pn_imap_fetch (imap, (const PnImapMail *) (void *) small->data, small->len, write_body,
                           (gpointer) path, error);
}

static gboolean
act_idle (PnImap *imap, guint seconds, GError **error)
{
  static const char *const names[] = { "changed", "woken", "quiet" };
  PnImapEvent event;

  print (json_pack ("{s:b}", "idling", 1));
  if (!pn_imap_idle (imap, seconds, &event, error))
    return FALSE;
  print (json_pack ("{s:s}", "event", names[event]));
  return TRUE;
}

static gboolean
act_header (PnImap *imap, guint32 uid, GError **error)
{
  GError *failure = NULL;
  g_autoptr (GBytes) header = pn_imap_fetch_header (imap, uid, &failure);

  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  print (json_pack ("{s:I}", "header_bytes",
                    (json_int_t) (header != NULL ? g_bytes_get_size (header) : 0)));
  return TRUE;
}

static gboolean
act_list (PnImap *imap, GArray **uids, GError **error)
{
  json_t *list = json_array ();

  g_clear_pointer (uids, g_array_unref);
  *uids = pn_imap_list (imap, error);
  for (guint i = 0; *uids != NULL && i < (*uids)->len; i++)
    json_array_append_new (list, json_integer (g_array_index (*uids, guint32, i)));
  print (json_pack ("{s:o}", "uids", list));
  return *uids != NULL;
}

static gboolean
act_imap (PnImap *imap, const char *action, GArray **uids, GError **error)
{
  const char *colon = strchr (action, ':');
  const char *argument = colon != NULL ? colon + 1 : "";

  if (g_str_has_prefix (action, "list"))
    return act_list (imap, uids, error);
  if (g_str_has_prefix (action, "fetch"))
    return act_fetch (imap, *uids, argument, error);
  if (g_str_has_prefix (action, "header"))
    return act_header (imap, (guint32) atoi (argument), error);
  if (g_str_has_prefix (action, "away"))
    return (*uids)->len == 0
           || pn_imap_file_away (imap, (const guint32 *) (void *) (*uids)->data,
                                 MIN ((*uids)->len, PN_IMAP_BATCH), argument, error);
  return act_idle (imap, (guint) atoi (argument), error);
}

static int
run_imap (char **actions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) uids = NULL;
  g_autoptr (PnImap) imap = pn_imap_open (&server, -1, &error);
  guint32 uidvalidity = 0;

  if (imap == NULL)
    return finish (error);
  print (json_pack ("{s:b, s:b, s:b}", "open", 1, "move", pn_imap_has_move (imap), "idle",
                    pn_imap_has_idle (imap)));
  if (!pn_imap_select (imap, folder != NULL ? folder : "INBOX", &uidvalidity, &error))
    return finish (error);
  print (json_pack ("{s:I}", "uidvalidity", (json_int_t) uidvalidity));
  for (; *actions != NULL; actions++) {
    if (!act_imap (imap, *actions, &uids, &error))
      return finish (error);
  }
  return finish (NULL);
}

/* -- SMTP ------------------------------------------------------------------------------------- */

typedef struct {
  int fd;
  gboolean may_finish;
} Body;

static GBytes *
read_body (gpointer data, GError **error)
{
  const Body *body = data;
  char *bytes = g_malloc (65536);
  gssize n = read (body->fd, bytes, 65536);

  if (n > 0)
    return g_bytes_new_take (bytes, (gsize) n);
  g_free (bytes);
  return NULL;
}

static gboolean
may_finish (gpointer data, GError **error)
{
  const Body *body = data;

  print (json_pack ("{s:b}", "before_dot", 1));
  return body->may_finish;
}

static void
send_one (PnSmtp *smtp, const char *action)
{
  static const char *const stages[] = {
    "start", "mail", "rcpt", "data", "body", "dot", "answered"
  };
  g_autoptr (GError) error = NULL;
  g_auto (PnSmtpResult) result = { 0 };
  Body body = { .may_finish = g_str_has_prefix (action, "send:") };
  PnSmtpMail mail = { .from = from != NULL ? from : "",
                      .to = to,
                      .envid = envid,
                      .read = read_body,
                      .before_dot = may_finish,
                      .data = &body };
  gboolean is_taken;

  body.fd = open (strchr (action, ':') + 1, O_RDONLY);
  is_taken = pn_smtp_send (smtp, &mail, &result, &error);
  close (body.fd);
  print (json_pack ("{s:b, s:s, s:i, s:s, s:s, s:s, s:s}", "accepted", is_taken, "stage",
                    stages[result.stage], "code", result.reply.code, "enhanced",
                    result.reply.enhanced, "text",
                    result.reply.text != NULL ? result.reply.text : "", "error",
                    error != NULL ? error_names[error->code] : "", "message",
                    error != NULL ? error->message : ""));
}

static int
run_smtp (char **actions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSmtp) smtp = pn_smtp_open (&server, "gateway.example", &error);

  if (smtp == NULL)
    return finish (error);
  print (json_pack ("{s:b}", "open", 1));
  for (; *actions != NULL; actions++)
    send_one (smtp, *actions);
  print (json_pack ("{s:b}", "usable", pn_smtp_is_usable (smtp)));
  return finish (NULL);
}

int
main (int argc, char **argv)
{
  static const char *const transports[] = { "tls", "starttls", "plain", NULL };
  static const char *const logins[] = { "none", "password", "token", NULL };
  g_autoptr (GOptionContext) context = g_option_context_new ("imap|smtp ACTION…");
  g_autoptr (GError) error = NULL;

  setlocale (LC_CTYPE, "C.UTF-8");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2) {
    fprintf (stderr, "wire-probe: %s\n", error != NULL ? error->message : "imap or smtp?");
    return 64;
  }
  server.port = (guint) port;
  server.transport = (PnTransport) find (transport, transports);
  server.login = (PnLogin) find (login, logins);
  return strcmp (argv[1], "imap") == 0 ? run_imap (argv + 2) : run_smtp (argv + 2);
}
