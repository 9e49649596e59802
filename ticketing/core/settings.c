#include "ticketing/core/settings.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define FILE_MAX_BYTES (256 * 1024)
#define RUN_PATH_MAX_BYTES 48 /* so that the names of sockets in it stay below 107 bytes */

typedef enum { TEXT, SECRET, NUMBER, LIST } Type;

typedef gboolean (*Check) (const char *value, GError **error);

typedef struct {
  const char *group;
  const char *key;
  Type type;
  const char *standard;   /* the default, as it would be written */
  gint64 lowest, highest; /* of a NUMBER */
  Check check;            /* of a text that is not empty; NULL: any */
  const char *explanation;
} Row;

static gboolean check_agent_replies (const char *value, GError **error);
static gboolean check_path (const char *value, GError **error);
static gboolean check_listen (const char *value, GError **error);
static gboolean check_url (const char *value, GError **error);
static gboolean check_schema (const char *value, GError **error);
static gboolean check_tls (const char *value, GError **error);

static const Row rows[] = {
  [PN_SETTING_DATABASE_HOST] = { "database", "host", TEXT, "", 0, 0, NULL,
                                 "The MariaDB server: a host name, an address, or the path of its socket. "
                                 "Empty: postern runs a private one in its data directory." },
  [PN_SETTING_DATABASE_PORT] = { "database", "port", NUMBER, "3306", 1, 65535, NULL,
                                 "The server's port." },
  [PN_SETTING_DATABASE_NAME] = { "database", "name", TEXT, "postern", 0, 0, check_schema,
                                 "The schema that holds everything." },
  [PN_SETTING_DATABASE_USER] = { "database", "user", TEXT, "", 0, 0, NULL,
                                 "The account on the server. Empty: the name of the user that postern runs as." },
  [PN_SETTING_DATABASE_PASSWORD] = { "database", "password", SECRET, "", 0, 0, NULL,
                                     "The account's password. A file with a password in it must not be readable by everybody." },
  [PN_SETTING_DATABASE_TLS] = { "database", "tls", TEXT, "auto", 0, 0, check_tls,
                                "Whether the connection is encrypted and the server's certificate verified: yes, no, or auto, which "
                                "means for every host but this machine." },
  [PN_SETTING_DATABASE_CA_FILE] = { "database", "ca_file", TEXT, "", 0, 0, check_path,
                                    "Certificate authorities (PEM) that vouch for the server. Empty: the system's." },
  [PN_SETTING_DATABASE_BUFFER_MB] = { "database", "buffer_mb", NUMBER, "64", 16, 1024 * 1024, NULL,
                                      "How much memory, in MiB, the private database keeps for its pages." },
  [PN_SETTING_WEB_LISTEN] = { "web", "listen", TEXT, "127.0.0.1:8800", 0, 0, check_listen,
                              "Where the web pages are served: ADDRESS:PORT, [ADDRESS]:PORT, or unix:PATH behind a proxy." },
  [PN_SETTING_WEB_BASE_URL] = { "web", "base_url", TEXT, "", 0, 0, check_url,
                                "How people reach the pages, as it stands in links: https://help.example.org. Empty: http:// and what "
                                "listen says." },
  [PN_SETTING_WEB_THREADS] = { "web", "threads", NUMBER, "2", 1, 64, NULL,
                               "Threads that read and write connections." },
  [PN_SETTING_WEB_WORKERS] = { "web", "workers", NUMBER, "4", 1, 64, NULL,
                               "Threads that make pages, each with its own database connection." },
  [PN_SETTING_WEB_TRUSTED_PROXIES] = { "web", "trusted_proxies", LIST, "", 0, 0, NULL,
                                       "Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed." },
  [PN_SETTING_WEB_WEBHOOK_HOSTS] = { "web", "webhook_hosts", LIST, "", 0, 0, NULL,
                                     "Hosts, as they stand in the addresses of webhooks, that may be in a private network or be "
                                     "called without TLS." },
  [PN_SETTING_WEB_UPLOAD_LIMIT_MB] = { "web", "upload_limit_mb", NUMBER, "25", 1, 100, NULL,
                                       "The largest form post, with its files, in MiB." },
  [PN_SETTING_MAIL_SIZE_LIMIT_MB] = { "mail", "size_limit_mb", NUMBER, "100", 1, 100, NULL,
                                      "The largest mail that is taken whole, in MiB. Of larger ones the header is filed." },
  [PN_SETTING_MAIL_HELLO_NAME] = { "mail", "hello_name", TEXT, "", 0, 0, NULL,
                                   "The name that is told to SMTP servers in EHLO. Empty: the domain of the mailbox's address." },
  [PN_SETTING_MAIL_AGENT_REPLIES] = { "mail", "agent_replies", TEXT, "verified", 0, 0,
                                      check_agent_replies,
                                      "Whether an agent's answer to a notice by mail goes to the customer: verified (the receiving server "
                                      "vouches for the agent's address), token (the address in the notice is proof enough) or no." },
  [PN_SETTING_PATHS_DATA] = { "paths", "data", TEXT, "/var/lib/postern", 0, 0, check_path,
                              "The data directory: key file, private database. One gateway at a time uses it." },
  [PN_SETTING_PATHS_RUN] = { "paths", "run", TEXT, "", 0, 0, check_path,
                             "The directory for sockets; its path has at most 48 bytes. Empty: run in the data directory where that is short "
                             "enough, else one in /tmp that is made for it." },
  [PN_SETTING_PATHS_KEY] = { "paths", "key", TEXT, "", 0, 0, check_path,
                             "The key file. Empty: postern.key in the data directory." },
  [PN_SETTING_PATHS_TEMPLATES] = { "paths", "templates", TEXT, "", 0, 0, check_path,
                                   "A directory with pages, letters and static files of your own (web/layout.html, mail/en/ack.txt); each "
                                   "takes the place of the built-in file with that path. Empty: the built-in ones." },
  [PN_SETTING_PATHS_USER] = { "paths", "user", TEXT, "", 0, 0, NULL,
                              "The user that postern becomes when root starts it. Empty: the owner of the data directory." },
};

struct PnSettings {
  char *text[G_N_ELEMENTS (rows)];
  gint64 number[G_N_ELEMENTS (rows)];
  char **list[G_N_ELEMENTS (rows)];
  gboolean is_set[G_N_ELEMENTS (rows)];
  char *socket; /* of the private database */
};

static gboolean
check_tls (const char *value, GError **error)
{
  if (strcmp (value, "auto") == 0 || strcmp (value, "yes") == 0 || strcmp (value, "no") == 0)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "it is \"auto\", \"yes\" or \"no\", not \"%s\"", value);
  return FALSE;
}

static gboolean
check_agent_replies (const char *value, GError **error)
{
  if (strcmp (value, "verified") == 0 || strcmp (value, "token") == 0 || strcmp (value, "no") == 0)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "it is \"verified\", \"token\" or \"no\", not \"%s\"",
                value);
  return FALSE;
}

static gboolean
check_path (const char *value, GError **error)
{
  if (g_path_is_absolute (value))
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no absolute path", value);
  return FALSE;
}

static gboolean
check_listen (const char *value, GError **error)
{
  const char *colon = strrchr (value, ':');
  guint64 port = 0;

  if (g_str_has_prefix (value, "unix:"))
    return check_path (value + strlen ("unix:"), error);
  if (colon == NULL || colon == value
      || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is neither ADDRESS:PORT nor unix:PATH", value);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_url (const char *value, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (value, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0'
      || (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no http:// or https:// address", value);
    return FALSE;
  }
  if (strcmp (g_uri_get_path (uri), "") != 0 || g_uri_get_query (uri) != NULL
      || g_uri_get_fragment (uri) != NULL || g_uri_get_userinfo (uri) != NULL) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%s\" has more than a scheme, a host and a port (a final / counts)", value);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_schema (const char *value, GError **error)
{
  gsize length = strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

  if (value[length] == '\0' && length <= 64)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID,
                "\"%s\" is no name of a schema (1 to 64 letters, digits, _)", value);
  return FALSE;
}

/* Which line of @text sets @key in @group (or begins @group, when @key is NULL)? 0 when none does. */
static guint
find_line (const char *text, const char *group, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *head = g_strdup_printf ("[%s]", group);
  gboolean inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);
    gsize length = key != NULL ? strlen (key) : 0;

    if (line[0] == '[')
      inside = strcmp (line, head) == 0;
    if (inside && key == NULL)
      return i + 1;
    if (inside && strncmp (line, key, length) == 0 && strchr ("= \t", line[length]) != NULL)
      return i + 1;
  }
  return 0;
}

static gboolean
is_group (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strcmp (rows[i].group, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static int
find_row (const char *group, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strcmp (rows[i].group, group) == 0 && strcmp (rows[i].key, key) == 0)
      return (int) i;
  }
  return -1;
}

static void
set_unknown_key (GError **error, const char *text, const char *group, const char *key)
{
  const Row *best = NULL;
  guint best_distance = G_MAXUINT;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint distance =
        2 * pn_text_distance (rows[i].key, key) + (strcmp (rows[i].group, group) != 0 ? 1 : 0);

    if (distance < best_distance) {
      best_distance = distance;
      best = &rows[i];
    }
  }
  pn_error_set (error, PN_ERROR_INVALID,
                "line %u: there is no setting \"%s\" in [%s]; the nearest is \"%s\" in [%s]",
                find_line (text, group, key), key, group, best->key, best->group);
}

static gboolean
check_names (GKeyFile *file, const char *text, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint g = 0; groups[g] != NULL; g++) {
    g_auto (GStrv) keys = g_key_file_get_keys (file, groups[g], NULL, NULL);

    if (!is_group (groups[g])) {
      pn_error_set (
          error, PN_ERROR_INVALID,
          "line %u: there is no group [%s]; there are [database], [web], [mail] and [paths]",
          find_line (text, groups[g], NULL), groups[g]);
      return FALSE;
    }
    for (guint k = 0; keys != NULL && keys[k] != NULL; k++) {
      if (find_row (groups[g], keys[k]) < 0) {
        set_unknown_key (error, text, groups[g], keys[k]);
        return FALSE;
      }
    }
  }
  return TRUE;
}

static gboolean
take_value (PnSettings *settings, gsize key, const char *value, GError **error)
{
  const Row *row = &rows[key];
  guint64 number = 0;

  switch (row->type) {
  case TEXT:
  case SECRET:
    if (*value != '\0' && row->check != NULL && !row->check (value, error))
      return FALSE;
    break;
  case NUMBER:
    if (!g_ascii_string_to_unsigned (value, 10, (guint64) row->lowest, (guint64) row->highest,
                                     &number, NULL)) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "\"%s\" is no number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, value,
                    row->lowest, row->highest);
      return FALSE;
    }
    settings->number[key] = (gint64) number;
    break;
  case LIST: {
    g_auto (GStrv) items = g_strsplit_set (value, ", \t", -1);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    for (guint i = 0; items[i] != NULL; i++) {
      if (*items[i] != '\0')
        g_strv_builder_add (builder, items[i]);
    }
    settings->list[key] = g_strv_builder_end (builder);
    break;
  }
  }
  settings->text[key] = g_strdup (value);
  return TRUE;
}

/* What is computed from other settings where the file says nothing. */
static void
set_text (PnSettings *settings, PnSettingKey key, char *value)
{
  g_free (settings->text[key]);
  settings->text[key] = value;
}

static gboolean
is_empty (const PnSettings *settings, PnSettingKey key)
{
  return *settings->text[key] == '\0';
}

static char *
make_run_path (const char *data)
{
  g_autofree char *inside = g_build_filename (data, "run", NULL);
  g_autofree char *sum = NULL;

  if (strlen (inside) <= RUN_PATH_MAX_BYTES)
    return g_steal_pointer (&inside);
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, data, -1);
  sum[16] = '\0';
  return g_strdup_printf ("/tmp/postern-%s", sum);
}

static gboolean
complete (PnSettings *settings, GError **error)
{
  const char *data = settings->text[PN_SETTING_PATHS_DATA];

  if (is_empty (settings, PN_SETTING_PATHS_DATA)) {
    pn_error_set (error, PN_ERROR_INVALID, "[paths] data must not be empty");
    return FALSE;
  }
  if (is_empty (settings, PN_SETTING_PATHS_RUN))
    set_text (settings, PN_SETTING_PATHS_RUN, make_run_path (data));
  if (strlen (settings->text[PN_SETTING_PATHS_RUN]) > RUN_PATH_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "[paths] run: \"%s\" is longer than %d bytes, too long for sockets",
                  settings->text[PN_SETTING_PATHS_RUN], RUN_PATH_MAX_BYTES);
    return FALSE;
  }
  if (is_empty (settings, PN_SETTING_PATHS_KEY))
    set_text (settings, PN_SETTING_PATHS_KEY, g_build_filename (data, "postern.key", NULL));
  if (is_empty (settings, PN_SETTING_WEB_LISTEN))
    set_text (settings, PN_SETTING_WEB_LISTEN, g_strdup (rows[PN_SETTING_WEB_LISTEN].standard));
  if (is_empty (settings, PN_SETTING_WEB_BASE_URL)) {
    const char *listen = settings->text[PN_SETTING_WEB_LISTEN];

    set_text (
        settings, PN_SETTING_WEB_BASE_URL,
        g_strconcat ("http://", g_str_has_prefix (listen, "unix:") ? "localhost" : listen, NULL));
  }
  settings->socket = g_build_filename (settings->text[PN_SETTING_PATHS_RUN], "db.sock", NULL);
  return TRUE;
}

PnSettings *
pn_settings_read (const char *text, const char *name, GError **error)
{
  g_autoptr (PnSettings) settings = g_new0 (PnSettings, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;

  if (!g_utf8_validate (text, -1, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: it is not UTF-8 text", name);
    return NULL;
  }
  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, &reason)) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: %s", name, reason->message);
    return NULL;
  }
  if (!check_names (file, text, error)) {
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *value = g_key_file_get_string (file, rows[i].group, rows[i].key, NULL);

    settings->is_set[i] = value != NULL;
    if (value != NULL)
      g_strchomp (value);
    if (!take_value (settings, i, value != NULL ? value : rows[i].standard, error)) {
      g_prefix_error (error, "%s: line %u: [%s] %s: ", name,
                      find_line (text, rows[i].group, rows[i].key), rows[i].group, rows[i].key);
      return NULL;
    }
  }
  if (!complete (settings, error)) {
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  return g_steal_pointer (&settings);
}

char *
pn_settings_path (const char *option)
{
  const char *variable = g_getenv ("POSTERN_CONF");

  if (option != NULL)
    return g_strdup (option);
  if (variable != NULL && *variable != '\0')
    return g_strdup (variable);
  return g_build_filename (PN_SYSCONFDIR, "postern", "postern.conf", NULL);
}

PnSettings *
pn_settings_load (const char *path, GError **error)
{
  g_autoptr (PnSettings) settings = NULL;
  g_autofree char *text = NULL;
  struct stat info;

  if (stat (path, &info) != 0 || access (path, R_OK) != 0) {
    pn_error_set (error, errno == ENOENT ? PN_ERROR_NOT_FOUND : PN_ERROR_DENIED, "settings %s: %s",
                  path, g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (info.st_mode) || info.st_size > FILE_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "settings %s: it is no file of at most 256 KiB", path);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, NULL, error)) {
    g_prefix_error (error, "settings: ");
    return NULL;
  }
  settings = pn_settings_read (text, path, error);
  if (settings != NULL && !is_empty (settings, PN_SETTING_DATABASE_PASSWORD)
      && (info.st_mode & S_IROTH) != 0) {
    pn_error_set (error, PN_ERROR_DENIED,
                  "settings %s: it holds a password and everybody may read it; chmod o-r it", path);
    return NULL;
  }
  return g_steal_pointer (&settings);
}

void
pn_settings_free (PnSettings *settings)
{
  if (settings == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].type == SECRET && settings->text[i] != NULL)
      explicit_bzero (settings->text[i], strlen (settings->text[i]));
    g_free (settings->text[i]);
    g_strfreev (settings->list[i]);
  }
  g_free (settings->socket);
  g_free (settings);
}

const char *
pn_settings_text (const PnSettings *settings, PnSettingKey key)
{
  g_return_val_if_fail (key < G_N_ELEMENTS (rows), "");
  return settings->text[key];
}

gint64
pn_settings_number (const PnSettings *settings, PnSettingKey key)
{
  g_return_val_if_fail (key < G_N_ELEMENTS (rows) && rows[key].type == NUMBER, 0);
  return settings->number[key];
}

const char *const *
pn_settings_list (const PnSettings *settings, PnSettingKey key)
{
  g_return_val_if_fail (key < G_N_ELEMENTS (rows) && rows[key].type == LIST, NULL);
  return (const char *const *) settings->list[key];
}

gboolean
pn_settings_is_set (const PnSettings *settings, PnSettingKey key)
{
  g_return_val_if_fail (key < G_N_ELEMENTS (rows), FALSE);
  return settings->is_set[key];
}

gboolean
pn_settings_has_private_database (const PnSettings *settings)
{
  return is_empty (settings, PN_SETTING_DATABASE_HOST);
}

char *
pn_settings_write (const PnSettings *settings, gboolean with_secrets)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].type != SECRET || with_secrets)
      g_key_file_set_string (file, rows[i].group, rows[i].key, settings->text[i]);
  }
  return g_key_file_to_data (file, NULL, NULL);
}

static void
explain_row (GString *text, const Row *row)
{
  g_auto (GStrv) words = g_strsplit (row->explanation, " ", -1);
  gsize column = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    if (column == 0 || column + 1 + strlen (words[i]) > 78) {
      g_string_append (text, column == 0 ? "#" : "\n#");
      column = 1;
    }
    g_string_append_printf (text, " %s", words[i]);
    column += 1 + strlen (words[i]);
  }
  if (row->type == NUMBER)
    g_string_append_printf (text, "\n# A number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".",
                            row->lowest, row->highest);
  if (row->type == LIST)
    g_string_append (text, "\n# A list: put commas or spaces between.");
  g_string_append_printf (text, "\n#%s =%s%s\n", row->key, *row->standard != '\0' ? " " : "",
                          row->standard);
}

char *
pn_settings_explain (void)
{
  GString *text = g_string_new ("");
  const char *group = "";

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strcmp (rows[i].group, group) != 0) {
      group = rows[i].group;
      g_string_append_printf (text, "%s[%s]\n", i == 0 ? "" : "\n", group);
    } else {
      g_string_append_c (text, '\n');
    }
    explain_row (text, &rows[i]);
  }
  return g_string_free (text, FALSE);
}

void
pn_settings_db_target (const PnSettings *settings, PnDbTarget *target)
{
  const char *host = settings->text[PN_SETTING_DATABASE_HOST];
  const char *password = settings->text[PN_SETTING_DATABASE_PASSWORD];
  const char *user = settings->text[PN_SETTING_DATABASE_USER];
  const char *tls = settings->text[PN_SETTING_DATABASE_TLS];
  const char *ca_file = settings->text[PN_SETTING_DATABASE_CA_FILE];

  *target = (PnDbTarget){ .name = settings->text[PN_SETTING_DATABASE_NAME] };
  target->user = *user != '\0' ? user : g_get_user_name ();
  target->password = *password != '\0' ? password : NULL;
  if (pn_settings_has_private_database (settings)) {
    target->socket = settings->socket;
    target->user = g_get_user_name ();
    target->password = NULL;
  } else if (*host == '/') {
    target->socket = host;
  } else {
    target->host = host;
    target->port = (guint) settings->number[PN_SETTING_DATABASE_PORT];
    target->has_tls =
        strcmp (tls, "yes") == 0 || (strcmp (tls, "auto") == 0 && !pn_text_is_loopback (host));
    target->ca_file = *ca_file != '\0' ? ca_file : NULL;
  }
}
