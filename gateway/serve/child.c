#include "gateway/serve/child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/serve/role_main.h"
#include "gateway/serve/spawn.h"
#include "ticketing/core/log.h"

#define BACKOFF_FIRST PN_SECOND
#define BACKOFF_LAST PN_MINUTE
#define SETTLED_AFTER PN_MINUTE
#define STOP_PATIENCE (10 * PN_SECOND)
#define SILENCE_PATIENCE PN_MINUTE

PnChild *
pn_child_new (PnRoleKind kind, const char *argument)
{
  PnChild *child = g_new0 (PnChild, 1);

  child->kind = kind;
  child->argument = g_strdup (argument);
  child->name = pn_role_make_name (kind, argument);
  child->control_fd = -1;
  child->state_at = g_get_monotonic_time ();
  return child;
}

static void
close_control (PnChild *child)
{
  if (child->control_fd >= 0)
    close (child->control_fd);
  child->control_fd = -1;
}

void
pn_child_free (PnChild *child)
{
  if (child == NULL)
    return;
  close_control (child);
  g_free (child->argument);
  g_free (child->version);
  g_free (child->name);
  g_free (child->trouble);
  g_free (child);
}

static void
set_state (PnChild *child, PnChildState state)
{
  child->state = state;
  child->state_at = g_get_monotonic_time ();
}

static void
set_trouble (PnChild *child, char *taken)
{
  g_free (child->trouble);
  child->trouble = taken;
}

static void
back_off (PnChild *child)
{
  child->backoff = child->backoff == 0 ? BACKOFF_FIRST : MIN (2 * child->backoff, BACKOFF_LAST);
  child->restarts++;
  set_state (child, PN_CHILD_BACKOFF);
  child->next_at = child->state_at + child->backoff;
}

void
pn_child_start (PnChild *child, const PnSettings *settings, const PnSecret *master)
{
  g_autoptr (GError) error = NULL;

  if (!pn_spawn_role (child->kind, child->argument, settings, master, &child->pid,
                      &child->control_fd, &error)) {
    pn_log_error (PN_LOG_ERROR, "role-not-started", error, "child=%s", child->name);
    set_trouble (child, g_strdup (error->message));
    back_off (child);
    return;
  }
  set_state (child, PN_CHILD_STARTING);
  child->heard_at = child->state_at;
  child->has_succeeded = FALSE;
  pn_log (PN_LOG_INFO, "role-start", "child=%s pid=%d", child->name, (int) child->pid);
}

void
pn_child_stop (PnChild *child)
{
  if (child->state == PN_CHILD_STOPPING)
    return;
  if (child->pid == 0) {
    set_state (child, PN_CHILD_IDLE);
    return;
  }
  kill (child->pid, SIGTERM);
  set_state (child, PN_CHILD_STOPPING);
  child->next_at = child->state_at + STOP_PATIENCE;
}

static void
take_message (PnChild *child, char *message, PnChildMailboxFunc mailbox, gpointer data)
{
  char *space = strchr (message, ' ');
  const char *text = space != NULL ? space + 1 : "";

  if (space != NULL)
    *space = '\0';
  if (strcmp (message, PN_ROLE_SAYS_READY) == 0 && child->state == PN_CHILD_STARTING) {
    set_state (child, PN_CHILD_RUNNING);
    set_trouble (child, NULL); /* why its predecessor died does not matter any more */
  } else if (strcmp (message, PN_ROLE_SAYS_TROUBLE) == 0)
    set_trouble (child, g_utf8_make_valid (text, -1));
  else if (strcmp (message, PN_ROLE_SAYS_WELL) == 0)
    set_trouble (child, NULL);
  else if (strcmp (message, PN_ROLE_SAYS_MAILBOX) == 0)
    mailbox (text, data);
}

void
pn_child_listen (PnChild *child, PnChildMailboxFunc mailbox, gpointer data)
{
  char message[PN_ROLE_MESSAGE_MAX_BYTES + 1];

  while (child->control_fd >= 0) {
    gssize got = recv (child->control_fd, message, sizeof message - 1, MSG_DONTWAIT);

    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      close_control (child); /* its end is told by SIGCHLD */
    if (got <= 0)
      return;
    message[got] = '\0';
    child->heard_at = g_get_monotonic_time ();
    take_message (child, message, mailbox, data);
  }
}

static char *
describe_end (int status)
{
  if (WIFSIGNALED (status))
    return g_strdup_printf ("it was killed by signal %d (%s)", WTERMSIG (status),
                            g_strsignal (WTERMSIG (status)));
  return g_strdup_printf ("it ended with code %d", WEXITSTATUS (status));
}

void
pn_child_reap (PnChild *child, int status)
{
  gboolean is_good = WIFEXITED (status) && WEXITSTATUS (status) == 0;
  g_autofree char *end = describe_end (status);

  kill (-child->pid, SIGKILL);
  child->pid = 0;
  close_control (child);
  if (child->state == PN_CHILD_STOPPING) {
    pn_log (PN_LOG_INFO, "role-stopped", "child=%s", child->name);
    set_trouble (child, NULL);
    set_state (child, PN_CHILD_IDLE);
    return;
  }
  if (is_good && pn_role_row (child->kind)->is_once) {
    child->has_succeeded = TRUE;
    child->backoff = 0;
    set_trouble (child, NULL);
    set_state (child, PN_CHILD_IDLE);
    return;
  }
  if (child->state == PN_CHILD_RUNNING
      && g_get_monotonic_time () - child->state_at >= SETTLED_AFTER)
    child->backoff = 0;
  /* What it said last is the better reason, where it could say anything. */
  if (child->trouble == NULL || WIFSIGNALED (status))
    set_trouble (child, g_steal_pointer (&end));
  back_off (child);
  pn_log (PN_LOG_WARNING, "role-died", "child=%s status=%d again_in_s=%d", child->name, status,
          (int) (child->backoff / PN_SECOND));
}

static gint64
silence_patience (void)
{
#ifdef PN_TEST_HOOKS
  const char *seconds = g_getenv ("POSTERN_SILENCE_SECONDS");

  if (seconds != NULL)
    return g_ascii_strtoll (seconds, NULL, 10) * PN_SECOND;
#endif
  return SILENCE_PATIENCE;
}

/* A role that runs once may migrate for long, and says nothing meanwhile. */
static gboolean
must_be_heard (const PnChild *child)
{
  return (child->state == PN_CHILD_STARTING || child->state == PN_CHILD_RUNNING)
         && !pn_role_row (child->kind)->is_once;
}

gboolean
pn_child_is_due (PnChild *child)
{
  gint64 now = g_get_monotonic_time ();

  if (child->state == PN_CHILD_BACKOFF)
    return now >= child->next_at;
  if (child->state == PN_CHILD_STOPPING && now >= child->next_at) {
    pn_log (PN_LOG_WARNING, "role-killed", "child=%s reason=\"it did not stop in time\"",
            child->name);
    kill (-child->pid, SIGKILL);
    child->next_at = G_MAXINT64;
  } else if (must_be_heard (child) && now - child->heard_at >= silence_patience ()) {
    pn_log (PN_LOG_WARNING, "role-killed", "child=%s reason=\"it was silent for too long\"",
            child->name);
    kill (-child->pid, SIGKILL);
    child->heard_at = now;
  }
  return FALSE;
}

gint64
pn_child_next (const PnChild *child)
{
  if (child->state == PN_CHILD_BACKOFF || child->state == PN_CHILD_STOPPING)
    return child->next_at;
  return must_be_heard (child) ? child->heard_at + silence_patience () : G_MAXINT64;
}

static PnHealthState
health_state (PnChildState state)
{
  switch (state) {
  case PN_CHILD_IDLE:
  case PN_CHILD_STARTING: return PN_HEALTH_STARTING;
  case PN_CHILD_RUNNING: return PN_HEALTH_RUNNING;
  case PN_CHILD_BACKOFF: return PN_HEALTH_BACKOFF;
  case PN_CHILD_STOPPING: return PN_HEALTH_STOPPING;
  }
  g_assert_not_reached ();
}

void
pn_child_report (const PnChild *child, PnHealth *health)
{
  PnTime offset = pn_clock_now () - g_get_monotonic_time ();
  PnHealthRow *row = NULL;

  if (pn_role_row (child->kind)->is_once && child->trouble == NULL)
    return;
  row = pn_health_add (health, child->name);
  row->state = health_state (child->state);
  row->pid = child->pid;
  row->restarts = child->restarts;
  row->since = child->state_at + offset;
  row->next_at = child->state == PN_CHILD_BACKOFF ? child->next_at + offset : 0;
  row->sentence = g_strdup (child->trouble);
}
