#include "gateway/serve/role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/serve/handover.h"
#include "gateway/serve/role_main.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"

#define BEAT_EVERY (10 * PN_SECOND)
#define BEAT_AT_MOST_EVERY PN_SECOND

struct PnRole {
  char *name;
  char *argument;
  PnHandover handover;
  PnWake *wake; /* NULL: this role cannot be woken */
  int control_fd;
  int stop_fd; /* an epoll of the signals and of the control socket's end; never read */
  GMutex lock;
  char *trouble;    /* as told last; guarded by lock */
  gint64 beaten_at; /* monotonic; guarded by lock */
};

const char *
pn_role_argument (const PnRole *role)
{
  return role->argument;
}

const PnSettings *
pn_role_settings (const PnRole *role)
{
  return role->handover.settings;
}

const char *
pn_role_run_path (const PnRole *role)
{
  return pn_settings_text (role->handover.settings, PN_SETTING_PATHS_RUN);
}

const PnSecret *
pn_role_key (const PnRole *role, PnKeyPurpose purpose)
{
  return role->handover.keys[purpose];
}

void
pn_role_db_target (const PnRole *role, PnDbTarget *target)
{
  pn_settings_db_target (role->handover.settings, target);
}

/* A supervisor that reads slowly loses messages, never makes us wait (but for those that must not be lost). */
static void
say (PnRole *role, const char *word, const char *text)
{
  int flags = strcmp (word, PN_ROLE_SAYS_MAILBOX) == 0 ? 0 : MSG_DONTWAIT;
  char message[PN_ROLE_MESSAGE_MAX_BYTES];

  g_snprintf (message, sizeof message, "%s%s%s", word, text != NULL ? " " : "",
              text != NULL ? text : "");
  (void) send (role->control_fd, message, strlen (message), flags | MSG_NOSIGNAL);
}

void
pn_role_ready (PnRole *role)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&role->lock);

  say (role, PN_ROLE_SAYS_READY, NULL);
  if (role->trouble != NULL)
    say (role, PN_ROLE_SAYS_TROUBLE, role->trouble);
  pn_log (PN_LOG_INFO, "role-ready", NULL);
}

void
pn_role_mailbox (PnRole *role, const char *mailbox, const char *version)
{
  g_autofree char *text = g_strdup_printf ("%s %s", mailbox, version);

  say (role, PN_ROLE_SAYS_MAILBOX, text);
}

void
pn_role_beat (PnRole *role)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&role->lock);
  gint64 now = g_get_monotonic_time ();

  if (now - role->beaten_at < BEAT_AT_MOST_EVERY)
    return;
  role->beaten_at = now;
  say (role, PN_ROLE_SAYS_BEAT, NULL);
}

void
pn_role_trouble (PnRole *role, const char *sentence)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&role->lock);

  if (g_strcmp0 (role->trouble, sentence) == 0)
    return;
  g_free (role->trouble);
  role->trouble = g_strdup (sentence);
  say (role, sentence != NULL ? PN_ROLE_SAYS_TROUBLE : PN_ROLE_SAYS_WELL, sentence);
}

int
pn_role_stop_fd (const PnRole *role)
{
  return role->stop_fd;
}

static gboolean
is_readable (int fd)
{
  struct pollfd poller = { .fd = fd, .events = POLLIN };

  return poll (&poller, 1, 0) == 1;
}

gboolean
pn_role_should_stop (const PnRole *role)
{
  return is_readable (role->stop_fd);
}

int
pn_role_wake_fd (const PnRole *role)
{
  return role->wake != NULL ? pn_wake_fd (role->wake) : -1;
}

void
pn_role_wake_drain (PnRole *role)
{
  if (role->wake != NULL)
    pn_wake_drain (role->wake);
}

PnRoleEvent
pn_role_wait (PnRole *role, int fd, PnTime timeout)
{
  struct pollfd pollers[] = {
    { .fd = role->stop_fd, .events = POLLIN },
    { .fd = pn_role_wake_fd (role), .events = POLLIN },
    { .fd = fd, .events = POLLIN },
  };
  gint64 deadline = timeout < 0 ? G_MAXINT64 : g_get_monotonic_time () + timeout;

  for (;;) {
    gint64 left = MAX (deadline - g_get_monotonic_time (), 0);

    pn_role_beat (role);
    /* Rounded up: a wait must not end before its time. */
    if (poll (pollers, G_N_ELEMENTS (pollers),
              (int) ((MIN (left, BEAT_EVERY) + PN_MILLISECOND - 1) / PN_MILLISECOND))
        > 0) {
      if (pollers[0].revents != 0)
        return PN_ROLE_EVENT_STOP;
      if (pollers[1].revents != 0) {
        pn_role_wake_drain (role);
        return PN_ROLE_EVENT_WOKEN;
      }
      return PN_ROLE_EVENT_READABLE;
    }
    if (g_get_monotonic_time () >= deadline)
      return PN_ROLE_EVENT_TIMEOUT;
  }
}

static gboolean
watch (int epoll_fd, int fd, guint32 events)
{
  struct epoll_event event = { .events = events };

  return epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* SIGTERM, SIGINT and the supervisor's end make the stop descriptor readable; nobody reads it, so it stays that. */
static int
make_stop_fd (int control_fd)
{
  int stop_fd = epoll_create1 (EPOLL_CLOEXEC);
  int signal_fd = -1;
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  signal_fd = signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (stop_fd < 0 || signal_fd < 0 || !watch (stop_fd, signal_fd, EPOLLIN)
      || !watch (stop_fd, control_fd, EPOLLRDHUP))
    g_error ("no descriptors for signals: %s", g_strerror (errno));
  return stop_fd;
}

/* What ps and top show: the first 15 bytes. */
static void
set_process_name (const char *role)
{
  g_autofree char *name = g_strconcat ("postern:", role, NULL);

  prctl (PR_SET_NAME, name);
}

/* The database's guardian stops mariadbd in order when the supervisor is gone; all others just end. */
static int
death_signal (PnRoleKind kind)
{
  return kind == PN_ROLE_DATABASE ? SIGTERM : SIGKILL;
}

/* A command that runs a database of its own wants no chatter on its stderr. */
static void
set_log_level (void)
{
  if (g_strcmp0 (g_getenv ("POSTERN_LOG"), "error") == 0)
    pn_log_set_level (PN_LOG_ERROR);
}

static gboolean
set_up (PnRole *role, PnRoleKind kind, const char *argument, GError **error)
{
  struct stat info;

  if (fstat (PN_ROLE_CONTROL_FD, &info) != 0 || !S_ISSOCK (info.st_mode)) {
    pn_error_set (error, PN_ERROR_INVALID, "roles are started by `postern serve` only");
    return FALSE;
  }
  fcntl (PN_ROLE_CONTROL_FD, F_SETFD, FD_CLOEXEC);
  role->argument = g_strdup (argument);
  role->name = pn_role_make_name (kind, argument);
  role->control_fd = PN_ROLE_CONTROL_FD;
  role->stop_fd = make_stop_fd (role->control_fd);
  g_mutex_init (&role->lock);
  set_process_name (role->name);
  prctl (PR_SET_PDEATHSIG, death_signal (kind));
  umask (077);
  pn_log_set_role (role->name);
  set_log_level ();
  pn_secret_library_start ();
  if (!pn_handover_take (PN_ROLE_HANDOVER_FD, &role->handover, error))
    return FALSE;
  if (kind != PN_ROLE_DATABASE && kind != PN_ROLE_PREPARE) {
    role->wake = pn_wake_open (pn_role_run_path (role), role->name, error);
    return role->wake != NULL;
  }
  return TRUE;
}

static void
clear (PnRole *role)
{
  pn_wake_close (role->wake);
  pn_handover_clear (&role->handover);
  g_free (role->trouble);
  g_free (role->name);
  g_free (role->argument);
}

int
pn_role_main (PnRoleKind kind, const char *argument, PnRoleFunc run)
{
  PnRole role = { .control_fd = -1 };
  g_autoptr (GError) error = NULL;
  int code = EX_OK;

  if (!set_up (&role, kind, argument, &error) || !run (&role, &error)) {
    code = pn_error_exit_code (error);
    if (role.name != NULL && !pn_role_should_stop (&role))
      pn_log_error (PN_LOG_WARNING, "role-failed", error, "code=%d", code);
    else if (role.name == NULL)
      g_printerr ("postern: %s\n", error->message);
    if (role.control_fd >= 0)
      say (&role, PN_ROLE_SAYS_TROUBLE, error->message);
  }
  clear (&role);
  return code;
}
