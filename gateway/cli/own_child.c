#include "gateway/cli/own_child.h"

#include <poll.h>
#include <sys/wait.h>

#include "ticketing/core/error.h"

#define LISTEN_MILLISECONDS 50

static void
ignore_mailbox (const char *mailbox, gpointer data)
{
}

/* Returns: TRUE when its process has ended. */
static gboolean
has_ended (PnChild *child)
{
  int status = 0;

  if (child->pid != 0 && waitpid (child->pid, &status, WNOHANG) == child->pid) {
    pn_child_listen (child, ignore_mailbox, NULL); /* its last words */
    pn_child_reap (child, status);
  }
  return child->pid == 0;
}

static void
listen_to (PnChild *child)
{
  struct pollfd poller = { .fd = child->control_fd, .events = POLLIN };

  (void) poll (&poller, 1, LISTEN_MILLISECONDS);
  pn_child_listen (child, ignore_mailbox, NULL);
}

PnChild *
pn_own_child_start (PnRoleKind kind, const PnSettings *settings, const PnSecret *master,
                    GError **error)
{
  g_autoptr (PnChild) child = pn_child_new (kind, NULL);

  /* It has nothing to say to who typed a command; what goes wrong comes back to us. */
  g_setenv ("POSTERN_LOG", "error", TRUE);
  pn_child_start (child, settings, master);
  while (child->state == PN_CHILD_STARTING && !has_ended (child))
    listen_to (child);
  if (child->state == PN_CHILD_RUNNING)
    return g_steal_pointer (&child);
  pn_error_set (error, PN_ERROR_TEMPORARY, "%s did not start: %s", child->name, child->trouble);
  return NULL;
}

void
pn_own_child_stop (PnChild *child)
{
  if (child == NULL)
    return;
  pn_child_stop (child);
  while (!has_ended (child)) {
    listen_to (child);
    (void) pn_child_is_due (child); /* kills it when it does not stop in time */
  }
  pn_child_free (child);
}
