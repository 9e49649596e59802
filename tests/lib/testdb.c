#include "tests/lib/testdb.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ticketing/schema.h"

#define BOOT_DEADLINE (60 * G_USEC_PER_SEC)
#define ROOM (G_GUINT64_CONSTANT (4) << 30)
#define POLL_MICROSECONDS 20000
#define POLL_MILLISECONDS 100

static const char settings[] = "[mysqld]\n"
                               "datadir=%s/data\n"
                               "socket=%s/s\n"
                               "pid-file=%s/pid\n"
                               "tmpdir=%s\n"
                               "skip-networking\n"
                               "skip-name-resolve\n"
                               "performance_schema=OFF\n"
                               "max_connections=100\n"
                               "character-set-server=utf8mb4\n"
                               "collation-server=utf8mb4_unicode_520_ci\n"
                               "innodb_buffer_pool_size=32M\n"
                               "innodb_log_file_size=8M\n"
                               "innodb_flush_log_at_trx_commit=0\n"
                               "innodb_flush_method=nosync\n"
                               "innodb_doublewrite=0\n"
                               "sync_frm=0\n"
                               "innodb_use_native_aio=0\n"
                               "key_buffer_size=1M\n"
                               "aria_pagecache_buffer_size=1M\n";

static struct {
  char *folder; /* /dev/shm/pn-XXXXXX */
  char *socket;
  char *schema;
  pid_t janitor;
  int life; /* the janitor reads its other end: when this one is closed, all ends */
  guint schemas;
  PnDbTarget target;
} server = { .life = -1 };

static char *
find_program (const char *name)
{
  char *path = g_find_program_in_path (name);
  g_autofree char *system_path = g_strconcat ("/usr/sbin/", name, NULL);

  if (path == NULL && g_file_test (system_path, G_FILE_TEST_IS_EXECUTABLE))
    path = g_steal_pointer (&system_path);
  return path;
}

static void
run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                     &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s\n%s\n%s", argv[0], error->message, out, err);
}

/* Each test makes all tables anew, which takes memory a tenth of the time that a disk takes. Short: a socket's path has
 * 107 bytes. */
static const char *
fast_place (void)
{
  struct statvfs place;

  return statvfs ("/dev/shm", &place) == 0 && access ("/dev/shm", W_OK) == 0
                 && (guint64) place.f_bavail * place.f_frsize >= ROOM
             ? "/dev/shm"
             : "/tmp";
}

static char *
new_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_strconcat (fast_place (), "/pn-XXXXXX", NULL);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  g_assert_nonnull (g_mkdtemp (folder));
  path = g_build_filename (folder, "my.cnf", NULL);
  text = g_strdup_printf (settings, folder, folder, folder, folder);
  if (!g_file_set_contents (path, text, -1, &error))
    g_error ("%s", error->message);
  if (geteuid () == 0) {
    const struct passwd *nobody = getpwnam ("nobody");

    g_assert_nonnull (nobody);
    g_assert_cmpint (chown (folder, nobody->pw_uid, nobody->pw_gid), ==, 0);
  }
  return folder;
}

/* Installs in a folder that "nobody" can reach, then moves the result to @template. */
static void
make_template (const char *template)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *defaults = g_strconcat ("--defaults-file=", folder, "/my.cnf", NULL);
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  g_autofree char *half = g_strconcat (template, ".half", NULL);
  const char *user = geteuid () == 0 ? "--user=nobody" : NULL;

  run ((const char *const[]){ "mariadb-install-db", defaults,
                              "--auth-root-authentication-method=normal", "--skip-test-db",
                              "--force", user, NULL });
  run ((const char *const[]){ "rm", "-rf", half, NULL });
  run ((const char *const[]){ "cp", "-a", "--sparse=always", data, half, NULL });
  run ((const char *const[]){ "mv", half, template, NULL });
  run ((const char *const[]){ "rm", "-rf", folder, NULL });
}

static void
copy_template (const char *folder)
{
  const char *build = g_getenv ("TOP_BUILDDIR");
  g_autofree char *place = g_build_filename (build != NULL ? build : ".", "tests", "tmp", NULL);
  g_autofree char *template = g_build_filename (place, "mariadb", NULL);
  g_autofree char *lock = g_build_filename (place, "lock", NULL);
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  int fd;

  g_assert_cmpint (g_mkdir_with_parents (place, 0755), ==, 0);
  fd = g_open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  if (!g_file_test (template, G_FILE_TEST_IS_DIR))
    make_template (template);
  close (fd);
  run ((const char *const[]){ "cp", "-a", "--sparse=always", template, data, NULL });
}

/* In a child of the janitor. A change of user forgets who shall die with whom, so that comes first. */
static void
become_server (const char *program, const char *defaults, pid_t janitor)
{
  if (geteuid () == 0) {
    const struct passwd *nobody = getpwnam ("nobody");

    if (nobody == NULL || setgroups (0, NULL) != 0 || setgid (nobody->pw_gid) != 0
        || setuid (nobody->pw_uid) != 0)
      _exit (126);
  }
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () == janitor)
    execl (program, program, defaults, (char *) NULL);
  _exit (127);
}

static void
be_janitor (const char *program, const char *folder, int life)
{
  g_autofree char *defaults = g_strconcat ("--defaults-file=", folder, "/my.cnf", NULL);
  g_autofree char *log = g_build_filename (folder, "log", NULL);
  struct pollfd waiting = { .fd = life, .events = POLLIN };
  pid_t janitor = getpid ();
  pid_t child;

  setsid ();
  close (STDIN_FILENO);
  g_open ("/dev/null", O_RDONLY, 0);
  dup2 (g_open (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), STDOUT_FILENO);
  dup2 (STDOUT_FILENO, STDERR_FILENO);
  child = fork ();
  if (child == 0)
    become_server (program, defaults, janitor);
  while (poll (&waiting, 1, POLL_MILLISECONDS) == 0) {
    if (waitpid (child, NULL, WNOHANG) != 0)
      _exit (1); /* the log stays for the test to show */
  }
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  execlp ("rm", "rm", "-rf", folder, (char *) NULL);
  _exit (1);
}

static void
stop (void)
{
  if (server.life < 0)
    return;
  close (server.life);
  server.life = -1;
  waitpid (server.janitor, NULL, 0);
}

static void
wait_until_up (void)
{
  gint64 deadline = g_get_monotonic_time () + BOOT_DEADLINE;
  g_autofree char *path = g_build_filename (server.folder, "log", NULL);
  g_autofree char *log = NULL;

  while (g_get_monotonic_time () < deadline && waitpid (server.janitor, NULL, WNOHANG) == 0) {
    g_autoptr (PnDb) db = pn_db_open (&server.target, NULL);

    if (db != NULL)
      return;
    g_usleep (POLL_MICROSECONDS);
  }
  g_file_get_contents (path, &log, NULL, NULL);
  g_error ("mariadbd does not come up:\n%s", log);
}

static void
start (const char *program)
{
  int life[2];

  pn_db_library_start ();
  server.folder = new_folder ();
  server.socket = g_build_filename (server.folder, "s", NULL);
  server.target = (PnDbTarget){ .socket = server.socket, .user = "root" };
  copy_template (server.folder);
  g_assert_cmpint (pipe2 (life, O_CLOEXEC), ==, 0);
  server.janitor = fork ();
  g_assert_cmpint (server.janitor, >=, 0);
  if (server.janitor == 0) {
    close (life[1]);
    be_janitor (program, server.folder, life[0]);
  }
  close (life[0]);
  server.life = life[1];
  atexit (stop);
  wait_until_up ();
}

/* Returns: FALSE, and the test is skipped, where there is no server to start. */
static gboolean
has_server (void)
{
  g_autofree char *program = find_program ("mariadbd");
  g_autofree char *installer = find_program ("mariadb-install-db");

  if (server.folder != NULL)
    return TRUE;
  if (program == NULL || installer == NULL) {
    g_test_skip ("SKIPPED: there is no mariadbd here; install mariadb-server-core");
    return FALSE;
  }
  start (program);
  return TRUE;
}

PnDb *
pn_testdb_open_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) maker = NULL;
  g_autoptr (PnDb) db = NULL;
  g_autofree char *sql = NULL;

  if (!has_server ())
    return NULL;
  server.target.name = NULL;
  g_free (server.schema);
  server.schema = g_strdup_printf ("test_%u", ++server.schemas);
  sql = g_strconcat ("CREATE DATABASE ", server.schema, NULL);
  maker = pn_db_open (&server.target, &error);
  if (maker == NULL || !pn_db_exec (maker, sql, PN_NO_ARGS, NULL, &error))
    g_error ("%s", error->message);
  server.target.name = server.schema;
  db = pn_db_open (&server.target, &error);
  if (db == NULL)
    g_error ("%s", error->message);
  return g_steal_pointer (&db);
}

PnDb *
pn_testdb_open (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_testdb_open_empty ();
  gsize n;
  const PnMigration *list = pn_schema (&n);

  if (db != NULL && !pn_migrate (db, list, n, &error))
    g_error ("%s", error->message);
  return g_steal_pointer (&db);
}

const PnDbTarget *
pn_testdb_target (void)
{
  return &server.target;
}

void
pn_testdb_assert_key (PnDb *db, const char *explain, const PnValue *args, gsize n_args,
                      const char *key)
{
  enum { COLUMN_KEY = 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db, explain, args, n_args, &error);

  g_assert_no_error (error);
  g_assert_true (rows != NULL && pn_rows_next (rows));
  if (rows != NULL && g_strcmp0 (pn_rows_text (rows, COLUMN_KEY), key) != 0) {
    g_test_message ("%s", explain);
    g_assert_cmpstr (pn_rows_text (rows, COLUMN_KEY), ==, key);
  }
}
