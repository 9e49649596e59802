/* The guardian of the private mariadbd: installs it once, runs it as its child and stops it in order. The server never
 * outlives the guardian (PR_SET_PDEATHSIG), and the guardian ends when its supervisor does. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/serve/place.h"
#include "gateway/serve/role.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"

#define LOG_LIMIT_BYTES (4 * 1024 * 1024)
#define POLL_EVERY (PN_SECOND / 50)
#define WATCH_EVERY (PN_SECOND / 2)
#define BOOT_PATIENCE (10 * PN_MINUTE) /* recovery after a crash may take its time */
#define STOP_PATIENCE (9 * PN_SECOND)  /* below the supervisor's */

static const char server_settings[] = "# Written by postern at each start; changes are lost.\n"
                                      "[mysqld]\n"
                                      "datadir = %s\n"
                                      "socket = %s\n"
                                      "pid-file = %s/db.pid\n"
                                      "log-error = %s/mariadb.log\n"
                                      "tmpdir = %s\n"
                                      "skip-networking\n"
                                      "skip-name-resolve\n"
                                      "skip-log-bin\n"
                                      "performance_schema = OFF\n"
                                      "max_connections = 100\n"
                                      "max_allowed_packet = 16M\n"
                                      "character-set-server = utf8mb4\n"
                                      "collation-server = utf8mb4_unicode_520_ci\n"
                                      "innodb_buffer_pool_size = %" G_GINT64_FORMAT "M\n"
                                      "innodb_log_file_size = 64M\n"
                                      "innodb_flush_log_at_trx_commit = 1\n"
                                      "key_buffer_size = 1M\n"
                                      "aria_pagecache_buffer_size = 8M\n";

typedef struct {
  PnRole *role;
  char *folder;       /* DATA/mariadb */
  char *defaults;     /* --defaults-file=RUN/db.cnf */
  pid_t pid;          /* of the program that runs now; 0: none */
  int status;         /* of the program that ran */
  gboolean is_narrow; /* there is little room left, as was told */
} Server;

static void
server_clear (Server *server)
{
  g_free (server->folder);
  g_free (server->defaults);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_clear)

/* Debian's /usr/sbin is not on every PATH. */
static char *
find_program (const char *name, GError **error)
{
  g_autofree char *in_sbin = g_strconcat ("/usr/sbin/", name, NULL);
  char *path = g_find_program_in_path (name);

  if (path == NULL && g_file_test (in_sbin, G_FILE_TEST_IS_EXECUTABLE))
    path = g_steal_pointer (&in_sbin);
  if (path == NULL)
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "%s is not installed: install mariadb-server-core, or set host under [database]",
                  name);
  return path;
}

static gboolean
write_settings (Server *server, GError **error)
{
  const PnSettings *settings = pn_role_settings (server->role);
  const char *data = pn_settings_text (settings, PN_SETTING_PATHS_DATA);
  const char *run = pn_role_run_path (server->role);
  g_autofree char *path = g_build_filename (run, "db.cnf", NULL);
  g_autofree char *text = NULL;
  PnDbTarget target;

  pn_role_db_target (server->role, &target);
  text = g_strdup_printf (server_settings, server->folder, target.socket, run, data, run,
                          pn_settings_number (settings, PN_SETTING_DATABASE_BUFFER_MB));
  server->defaults = g_strconcat ("--defaults-file=", path, NULL);
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* In the child, between fork and exec: only what is safe there. */
static void
be_child (const char *const *argv, int log_fd, pid_t guardian)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  signal (SIGHUP, SIG_DFL);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != guardian)
    _exit (127);
  dup2 (log_fd, STDOUT_FILENO);
  dup2 (log_fd, STDERR_FILENO);
  execv (argv[0], (char *const *) argv);
  _exit (127);
}

/* One old log is kept. */
static void
rotate_log (const char *path)
{
  g_autofree char *old = g_strconcat (path, ".1", NULL);
  struct stat info;

  if (g_stat (path, &info) == 0 && info.st_size > LOG_LIMIT_BYTES)
    (void) g_rename (path, old);
}

static gboolean
start_program (Server *server, const char *const *argv, GError **error)
{
  const PnSettings *settings = pn_role_settings (server->role);
  g_autofree char *log =
      g_build_filename (pn_settings_text (settings, PN_SETTING_PATHS_DATA), "mariadb.log", NULL);
  int log_fd = -1;
  pid_t guardian = getpid ();

  rotate_log (log);
  log_fd = g_open (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  server->pid = log_fd >= 0 ? fork () : -1;
  if (server->pid == 0)
    be_child (argv, log_fd, guardian);
  if (log_fd >= 0)
    close (log_fd);
  if (server->pid > 0)
    return TRUE;
  server->pid = 0;
  pn_error_set (error, PN_ERROR_TEMPORARY, "%s could not be started: %s", argv[0],
                g_strerror (errno));
  return FALSE;
}

/* Returns: TRUE when the program has ended. */
static gboolean
has_ended (Server *server)
{
  if (server->pid != 0 && waitpid (server->pid, &server->status, WNOHANG) == server->pid)
    server->pid = 0;
  return server->pid == 0;
}

static void
stop_program (Server *server)
{
  gint64 deadline = g_get_monotonic_time () + STOP_PATIENCE;

  if (server->pid == 0)
    return;
  kill (server->pid, SIGTERM);
  while (!has_ended (server) && g_get_monotonic_time () < deadline) {
    pn_role_beat (server->role);
    g_usleep (POLL_EVERY);
  }
  if (server->pid == 0)
    return;
  pn_log (PN_LOG_WARNING, "database-killed", "after_ms=%" G_GINT64_FORMAT,
          STOP_PATIENCE / PN_MILLISECOND);
  kill (server->pid, SIGKILL);
  waitpid (server->pid, &server->status, 0);
  server->pid = 0;
}

static void
set_ended (const Server *server, const char *what, GError **error)
{
  const char *data = pn_settings_text (pn_role_settings (server->role), PN_SETTING_PATHS_DATA);

  if (WIFSIGNALED (server->status))
    pn_error_set (error, PN_ERROR_TEMPORARY,
                  "%s was killed by signal %d; its words are in %s/mariadb.log", what,
                  WTERMSIG (server->status), data);
  else
    pn_error_set (error, PN_ERROR_TEMPORARY,
                  "%s ended with code %d; its words are in %s/mariadb.log", what,
                  WEXITSTATUS (server->status), data);
}

/* The marker is made last. Without it, a directory with our schema in it was brought here by somebody, who knows what it
 * is; any other is what an interrupted installation left, and is put aside, since a second one on top of it would fail. */
static gboolean
is_installed (const Server *server, const char *marker, GError **error)
{
  const char *schema = pn_settings_text (pn_role_settings (server->role), PN_SETTING_DATABASE_NAME);
  g_autofree char *ours = g_build_filename (server->folder, schema, NULL);
  g_autofree char *aside = NULL;

  if (g_file_test (marker, G_FILE_TEST_EXISTS) || g_file_test (ours, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!g_file_test (server->folder, G_FILE_TEST_EXISTS))
    return FALSE;
  aside = g_strdup_printf ("%s.unfinished-%" G_GINT64_FORMAT, server->folder, g_get_real_time ());
  pn_log (PN_LOG_WARNING, "database-unfinished", "moved_to=\"%s\"", aside);
  if (g_rename (server->folder, aside) != 0)
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "the unfinished database %s could not be put aside: %s", server->folder,
                  g_strerror (errno));
  return FALSE;
}

static gboolean
install (Server *server, GError **error)
{
  const struct passwd *account = getpwuid (geteuid ());
  g_autofree char *program = find_program ("mariadb-install-db", error);
  g_autofree char *marker = g_build_filename (server->folder, "postern-installed", NULL);
  g_autofree char *user = NULL;
  g_autoptr (GError) reason = NULL;

  if (program == NULL || account == NULL)
    return FALSE;
  if (is_installed (server, marker, &reason))
    return TRUE;
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  pn_log (PN_LOG_INFO, "database-install", NULL);
  user = g_strconcat ("--auth-root-socket-user=", account->pw_name, NULL);
  /* --force: on a machine that does not know its own name, too. Nobody comes over the network. */
  if (!start_program (server,
                      (const char *const[]){ program, server->defaults,
                                             "--auth-root-authentication-method=socket", user,
                                             "--skip-test-db", "--force", NULL },
                      error))
    return FALSE;
  while (!has_ended (server)) {
    if (pn_role_wait (server->role, -1, POLL_EVERY) == PN_ROLE_EVENT_STOP) {
      stop_program (server);
      return TRUE;
    }
  }
  if (!WIFEXITED (server->status) || WEXITSTATUS (server->status) != 0) {
    set_ended (server, "mariadb-install-db", error);
    return FALSE;
  }
  return g_file_set_contents_full (marker, "", 0, G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/* Is there room for @needed_bytes? What keeps mail waiting is told to people, and once to the log. */
static gboolean
look_at_room (Server *server, gint64 needed_bytes)
{
  g_autoptr (GError) reason = NULL;
  gboolean has_room =
      pn_room_check (pn_room_path (pn_role_settings (server->role)), needed_bytes, &reason);

  pn_role_trouble (server->role, has_room ? NULL : reason->message);
  if (!has_room && !server->is_narrow)
    pn_log_error (PN_LOG_ERROR, "disk-full", reason, NULL);
  if (has_room && server->is_narrow)
    pn_log (PN_LOG_INFO, "disk-has-room", NULL);
  server->is_narrow = !has_room;
  return has_room;
}

/* A server that is started on a full disk only dies again. Returns: FALSE when told to stop meanwhile. */
static gboolean
wait_for_room (Server *server)
{
  while (!look_at_room (server, PN_ROOM_RUN_BYTES)) {
    if (pn_role_wait (server->role, -1, WATCH_EVERY) == PN_ROLE_EVENT_STOP)
      return FALSE;
  }
  return TRUE;
}

/* Waits for the first answer and makes the schema. TRUE also when told to stop. */
static gboolean
wait_until_up (Server *server, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + BOOT_PATIENCE;
  PnDbTarget target;

  pn_role_db_target (server->role, &target);
  target.name = NULL;
  for (;;) {
    g_autoptr (GError) reason = NULL;
    g_autoptr (PnDb) db = pn_db_open (&target, &reason);

    if (db != NULL)
      return TRUE;
    if (has_ended (server)) {
      set_ended (server, "mariadbd", error);
      return FALSE;
    }
    if (g_get_monotonic_time () >= deadline || !pn_error_is (reason, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
    if (pn_role_wait (server->role, -1, POLL_EVERY) == PN_ROLE_EVENT_STOP)
      return TRUE;
  }
}

static gboolean
serve (Server *server, GError **error)
{
  g_autofree char *program = find_program ("mariadbd", error);

  if (program == NULL
      || !start_program (server, (const char *const[]){ program, server->defaults, NULL }, error)
      || !wait_until_up (server, error))
    return FALSE;
  if (!pn_role_should_stop (server->role))
    pn_role_ready (server->role);
  while (pn_role_wait (server->role, -1, WATCH_EVERY) != PN_ROLE_EVENT_STOP) {
    if (has_ended (server)) {
      set_ended (server, "mariadbd", error);
      return FALSE;
    }
    look_at_room (server, PN_ROOM_TAKE_BYTES);
  }
  return TRUE;
}

gboolean
pn_role_database_run (PnRole *role, GError **error)
{
  g_auto (Server) server = { .role = role };
  gboolean is_good = FALSE;

  server.folder = pn_place_database_path (pn_role_settings (role));
  pn_db_library_start ();
  is_good = !wait_for_room (&server)
            || (write_settings (&server, error) && install (&server, error)
                && (pn_role_should_stop (role) || serve (&server, error)));
  stop_program (&server);
  return is_good;
}
