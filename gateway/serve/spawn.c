#include "gateway/serve/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/serve/handover.h"
#include "gateway/serve/role_main.h"
#include "ticketing/core/error.h"

#define SPARE_FD 10 /* above what the child's descriptors are called */

/* Who feeds systemd's watchdog is the supervisor alone. */
static char **
make_environment (const PnRoleRow *row)
{
  char **environment = g_get_environ ();
  static const char *const ours[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                      "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES" };

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    environment = g_environ_unsetenv (environment, ours[i]);
  if (row->program != NULL) { /* it forks: what it looks up now, no child looks up */
    environment = g_environ_setenv (environment, "LD_BIND_NOW", "1", TRUE);
    environment = g_environ_setenv (environment, "G_SLICE", "always-malloc", FALSE);
  }
  return environment;
}

static int
set_actions (posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int control_fd,
             int handover_fd)
{
  sigset_t none;
  sigset_t all;

  sigemptyset (&none);
  sigfillset (&all);
  posix_spawn_file_actions_addopen (actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2 (actions, control_fd, PN_ROLE_CONTROL_FD);
  posix_spawn_file_actions_adddup2 (actions, handover_fd, PN_ROLE_HANDOVER_FD);
  posix_spawn_file_actions_addclosefrom_np (actions, PN_ROLE_HANDOVER_FD + 1);
  posix_spawnattr_setpgroup (attributes, 0);
  posix_spawnattr_setsigmask (attributes, &none);
  posix_spawnattr_setsigdefault (attributes, &all);
  return posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
                                                   | POSIX_SPAWN_SETSIGDEF);
}

/* Returns: (owned) where a program of ours lies: beside this one, or where it was installed. */
static char *
find_program (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : g_strdup (".");
  g_autofree char *beside = g_build_filename (folder, name, NULL);

  return g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE)
             ? g_steal_pointer (&beside)
             : g_build_filename (PN_PKGLIBEXECDIR, name, NULL);
}

static int
spawn (const PnRoleRow *row, const char *path, const char *argument, int control_fd,
       int handover_fd, pid_t *pid)
{
  char *argv[] = { (char *) "postern", (char *) "role", (char *) row->name,
                   (char *) (row->program != NULL ? PACKAGE_VERSION : argument), NULL };
  g_auto (GStrv) environment = make_environment (row);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int code = 0;

  posix_spawn_file_actions_init (&actions);
  posix_spawnattr_init (&attributes);
  set_actions (&actions, &attributes, control_fd, handover_fd);
  code = posix_spawn (pid, path, &actions, &attributes, argv, environment);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return code;
}

/* Returns: @fd under a number that the child's own descriptors do not overwrite. */
static int
move_up (int fd)
{
  int moved = fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, SPARE_FD) : -1;

  if (fd >= 0)
    close (fd);
  return moved;
}

gboolean
pn_spawn_role (PnRoleKind kind, const char *argument, const PnSettings *settings,
               const PnSecret *master, pid_t *pid, int *control_fd, GError **error)
{
  const PnRoleRow *row = pn_role_row (kind);
  /* Not by path: a program that was replaced on disk goes on as one version. One of its own is told which it must be. */
  g_autofree char *path =
      row->program != NULL ? find_program (row->program) : g_strdup ("/proc/self/exe");
  int pair[2] = { -1, -1 };
  int handover_fd = move_up (pn_handover_make (row, settings, master, error));
  int code = 0;

  if (handover_fd < 0)
    return FALSE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    code = errno;
  } else {
    pair[1] = move_up (pair[1]);
    code = fcntl (pair[0], F_SETFL, O_NONBLOCK) != 0 || pair[1] < 0
               ? errno
               : spawn (row, path, argument, pair[1], handover_fd, pid);
    close (pair[1]);
  }
  close (handover_fd);
  if (code == 0) {
    *control_fd = pair[0];
    return TRUE;
  }
  if (pair[0] >= 0)
    close (pair[0]);
  pn_error_set (error, PN_ERROR_TEMPORARY, "the role %s could not be started from %s: %s",
                row->name, path, g_strerror (code));
  return FALSE;
}
