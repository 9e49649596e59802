#include "gateway/serve/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/serve/child.h"
#include "gateway/serve/notify_systemd.h"
#include "gateway/serve/place.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"

#define LOOK_EVERY (10 * PN_SECOND)

/* The roles that every gateway has one of, started together once the database is prepared. */
static const PnRoleKind workers[] = { PN_ROLE_PARSE, PN_ROLE_CLERK, PN_ROLE_SEND, PN_ROLE_WEB };

typedef struct {
  const char *path;
  PnSettings *settings;
  const PnSecret *master;
  GPtrArray *children;  /* of PnChild; the database first */
  PnChild *database;    /* borrowed; NULL where a server is configured */
  PnChild *prepare;     /* borrowed */
  GPtrArray *mailboxes; /* of char *: what the running prepare has told so far */
  PnWake *wake;
  int signal_fd;
  gboolean has_started_workers;
  gboolean must_prepare; /* again, as soon as it can run */
  gboolean is_stopping;
  gboolean was_well;
  gboolean has_told_ready; /* systemd */
  PnTime started_at;
  char *saved; /* the health that was written last */
  gboolean has_failed_to_save;
  char *refused; /* why the settings of the last SIGHUP are not in force; NULL: they are */
  PnTime refused_at;
} Supervisor;

static void
supervisor_clear (Supervisor *self)
{
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_pointer (&self->mailboxes, g_ptr_array_unref);
  g_clear_pointer (&self->wake, pn_wake_close);
  g_clear_pointer (&self->settings, pn_settings_free);
  g_free (self->saved);
  g_free (self->refused);
  if (self->signal_fd >= 0)
    close (self->signal_fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Supervisor, supervisor_clear)

static PnChild *
add_child (Supervisor *self, PnRoleKind kind, const char *argument)
{
  PnChild *child = pn_child_new (kind, argument);

  g_ptr_array_add (self->children, child);
  return child;
}

static void
start_child (Supervisor *self, PnChild *child)
{
  pn_child_start (child, self->settings, self->master);
}

static void
take_mailbox (const char *mailbox, gpointer data)
{
  Supervisor *self = data;

  g_ptr_array_add (self->mailboxes, g_strdup (mailbox));
}

static void
start_prepare (Supervisor *self)
{
  if (self->prepare->state != PN_CHILD_IDLE)
    return;
  self->must_prepare = FALSE;
  g_ptr_array_set_size (self->mailboxes, 0);
  start_child (self, self->prepare);
}

static PnChild *
find_fetcher (const Supervisor *self, const char *mailbox)
{
  for (guint i = 0; i < self->children->len; i++) {
    PnChild *child = g_ptr_array_index (self->children, i);

    if (child->kind == PN_ROLE_FETCH && strcmp (child->argument, mailbox) == 0)
      return child;
  }
  return NULL;
}

/* Starts the fetcher of a mailbox that was told as "NAME VERSION", or starts it anew for a new version. */
static void
follow_mailbox (Supervisor *self, const char *told)
{
  g_auto (GStrv) words = g_strsplit (told, " ", 2);
  PnChild *child = find_fetcher (self, words[0]);

  if (child == NULL) {
    child = add_child (self, PN_ROLE_FETCH, words[0]);
    child->version = g_strdup (words[1]);
    child->is_wanted = TRUE;
    start_child (self, child);
    return;
  }
  if (g_strcmp0 (child->version, words[1]) != 0) {
    g_free (child->version);
    child->version = g_strdup (words[1]);
    pn_child_stop (child);
  }
  child->is_wanted = TRUE;
  child->restarts_after_stop = child->state == PN_CHILD_STOPPING || child->state == PN_CHILD_IDLE;
}

/* Fetchers follow the list that prepare told. */
static void
follow_mailboxes (Supervisor *self)
{
  if (pn_role_row (PN_ROLE_FETCH) == NULL)
    return;
  for (guint i = 0; i < self->children->len; i++)
    ((PnChild *) g_ptr_array_index (self->children, i))->is_wanted = FALSE;
  for (guint i = 0; i < self->mailboxes->len; i++)
    follow_mailbox (self, g_ptr_array_index (self->mailboxes, i));
  for (guint i = 0; i < self->children->len; i++) {
    PnChild *child = g_ptr_array_index (self->children, i);

    if (child->kind == PN_ROLE_FETCH && !child->is_wanted) {
      child->restarts_after_stop = FALSE;
      pn_child_stop (child);
    }
  }
}

static gboolean
has_child (const Supervisor *self, PnRoleKind kind)
{
  for (guint i = 0; i < self->children->len; i++) {
    if (((const PnChild *) g_ptr_array_index (self->children, i))->kind == kind)
      return TRUE;
  }
  return FALSE;
}

static void
start_worker (Supervisor *self, PnRoleKind kind)
{
  if (pn_role_row (kind) != NULL && !has_child (self, kind))
    start_child (self, add_child (self, kind, NULL));
}

static void
start_workers (Supervisor *self)
{
  if (self->has_started_workers)
    return;
  self->has_started_workers = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    start_worker (self, workers[i]);
}

/* The database is ready: what waits for it goes on. */
static gboolean
is_database_ready (const Supervisor *self)
{
  return self->database == NULL || self->database->state == PN_CHILD_RUNNING;
}

/* The desk is told too: whoever changed the file may look there. */
static void
refuse_settings (Supervisor *self, const GError *reason)
{
  pn_log_error (PN_LOG_ERROR, "settings-refused", reason, NULL);
  g_free (self->refused);
  self->refused = g_strdup_printf ("the old ones are in force: %s", reason->message);
  self->refused_at = pn_clock_now ();
}

static void
reload (Supervisor *self)
{
  g_autoptr (GError) error = NULL;
  PnSettings *settings = pn_settings_load (self->path, &error);

  if (settings == NULL) {
    refuse_settings (self, error);
    return;
  }
  if (strcmp (pn_settings_text (settings, PN_SETTING_PATHS_DATA),
              pn_settings_text (self->settings, PN_SETTING_PATHS_DATA))
          != 0
      || strcmp (pn_settings_text (settings, PN_SETTING_PATHS_RUN),
                 pn_settings_text (self->settings, PN_SETTING_PATHS_RUN))
             != 0
      || pn_settings_has_private_database (settings) != (self->database != NULL)) {
    pn_error_set (&error, PN_ERROR_INVALID,
                  "other directories or another kind of database need a new start");
    refuse_settings (self, error);
    pn_settings_free (settings);
    return;
  }
  if (!pn_place_check_templates (settings, &error)) {
    refuse_settings (self, error);
    pn_settings_free (settings);
    return;
  }
  pn_log (PN_LOG_INFO, "settings-reloaded", NULL);
  g_clear_pointer (&self->refused, g_free);
  pn_notify_reloading ();
  pn_settings_free (self->settings);
  self->settings = settings;
  for (guint i = 0; i < self->children->len; i++) {
    PnChild *child = g_ptr_array_index (self->children, i);

    if (child == self->database || child == self->prepare)
      continue;
    pn_child_stop (child);
    child->restarts_after_stop = TRUE;
  }
  self->must_prepare = TRUE;
  pn_notify_ready ();
}

static void
take_signals (Supervisor *self)
{
  struct signalfd_siginfo info;

  while (read (self->signal_fd, &info, sizeof info) == (gssize) sizeof info) {
    if (info.ssi_signo == SIGHUP && !self->is_stopping)
      reload (self);
    if ((info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) && !self->is_stopping) {
      pn_log (PN_LOG_INFO, "stopping", NULL);
      pn_notify_stopping ();
      self->is_stopping = TRUE;
    }
  }
}

static PnChild *
find_process (const Supervisor *self, pid_t pid)
{
  for (guint i = 0; i < self->children->len; i++) {
    PnChild *child = g_ptr_array_index (self->children, i);

    if (child->pid == pid)
      return child;
  }
  return NULL;
}

static void
reap (Supervisor *self)
{
  int status = 0;
  pid_t pid = 0;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0) {
    PnChild *child = find_process (self, pid);

    if (child == NULL)
      continue;
    pn_child_listen (child, take_mailbox, self); /* its last words */
    pn_child_reap (child, status);
    if (child != self->prepare || self->is_stopping)
      continue;
    if (child->has_succeeded) {
      start_workers (self);
      follow_mailboxes (self);
    } else {
      start_worker (self, PN_ROLE_WEB); /* it says on every page what is wrong */
    }
  }
}

/* Removes fetchers that are not wanted any more; starts what was stopped for new settings. */
static void
settle (Supervisor *self)
{
  for (guint i = self->children->len; i > 0; i--) {
    PnChild *child = g_ptr_array_index (self->children, i - 1);

    if (child->state != PN_CHILD_IDLE || child == self->database || child == self->prepare)
      continue;
    if (child->restarts_after_stop) {
      child->restarts_after_stop = FALSE;
      child->backoff = 0;
      start_child (self, child);
    } else if (child->kind == PN_ROLE_FETCH) {
      g_ptr_array_remove_index (self->children, i - 1);
    }
  }
}

static void
work (Supervisor *self)
{
  for (guint i = 0; i < self->children->len; i++) {
    PnChild *child = g_ptr_array_index (self->children, i);

    if (!pn_child_is_due (child))
      continue;
    if (child == self->prepare)
      g_ptr_array_set_size (self->mailboxes, 0);
    start_child (self, child);
  }
  settle (self);
  if (self->must_prepare && is_database_ready (self))
    start_prepare (self);
}

/* Asks everybody but the database to stop; once they have ended, the database. Returns: TRUE when all have. */
static gboolean
stop (Supervisor *self)
{
  gboolean has_ended = TRUE;

  for (guint i = 0; i < self->children->len; i++) {
    PnChild *child = g_ptr_array_index (self->children, i);

    if (child == self->database)
      continue;
    child->restarts_after_stop = FALSE;
    if (child->state != PN_CHILD_IDLE)
      pn_child_stop (child);
    (void) pn_child_is_due (child);
    has_ended = has_ended && child->state == PN_CHILD_IDLE;
  }
  if (!has_ended || self->database == NULL)
    return has_ended;
  if (self->database->state != PN_CHILD_IDLE)
    pn_child_stop (self->database);
  (void) pn_child_is_due (self->database);
  return self->database->state == PN_CHILD_IDLE;
}

/* For systemd the service is up once every role has had its chance. One that cannot live is told as such, and does not
 * take the others with it. */
static gboolean
has_come_up (const Supervisor *self)
{
  for (guint i = 0; i < self->children->len; i++) {
    const PnChild *child = g_ptr_array_index (self->children, i);

    if (child->state == PN_CHILD_STARTING && child->restarts == 0 && child->kind != PN_ROLE_FETCH
        && child != self->prepare)
      return FALSE;
  }
  return self->has_started_workers;
}

static void
tell_status (Supervisor *self, const PnHealth *health)
{
  gboolean is_well = self->has_started_workers && pn_health_is_well (health);

  for (guint i = 0; i < health->rows->len && !is_well; i++) {
    g_autofree char *sentence = pn_health_row_sentence (g_ptr_array_index (health->rows, i));

    if (sentence != NULL) {
      pn_notify_status (sentence);
      break;
    }
  }
  if (is_well && !self->was_well) {
    pn_notify_status ("all roles are running");
    pn_log (PN_LOG_INFO, "all-running", "roles=%u", health->rows->len);
  }
  self->was_well = is_well;
  if (!self->has_told_ready && has_come_up (self)) {
    self->has_told_ready = TRUE;
    pn_notify_ready ();
  }
}

/* What could not be written, as on a full disk, is tried again at the next look, and told once. */
static void
save (Supervisor *self, const PnHealth *health)
{
  g_autoptr (GError) error = NULL;
  gboolean is_saved =
      pn_health_save (health, pn_settings_text (self->settings, PN_SETTING_PATHS_RUN), &error);

  if (!is_saved)
    g_clear_pointer (&self->saved, g_free);
  if (!is_saved && !self->has_failed_to_save)
    pn_log_error (PN_LOG_WARNING, "health-not-written", error, NULL);
  self->has_failed_to_save = !is_saved;
}

static void
add_refusal (const Supervisor *self, PnHealth *health, GString *now)
{
  PnHealthRow *row = pn_health_add (health, PN_HEALTH_SETTINGS);

  row->state = PN_HEALTH_RUNNING;
  row->since = self->refused_at;
  row->sentence = g_strdup (self->refused);
  g_string_append (now, self->refused);
}

/* Writes the health when it has changed. */
static void
report (Supervisor *self)
{
  g_autoptr (PnHealth) health = pn_health_new ();
  GString *now = g_string_new ("");

  health->pid = getpid ();
  health->started_at = self->started_at;
  for (guint i = 0; i < self->children->len; i++) {
    const PnChild *child = g_ptr_array_index (self->children, i);

    pn_child_report (child, health);
    g_string_append_printf (now, "%s %d %d %s\n", child->name, (int) child->state, (int) child->pid,
                            child->trouble);
  }
  if (self->refused != NULL)
    add_refusal (self, health, now);
  if (g_strcmp0 (now->str, self->saved) == 0) {
    g_string_free (now, TRUE);
    return;
  }
  g_free (self->saved);
  self->saved = g_string_free (now, FALSE);
  save (self, health);
  tell_status (self, health);
}

static int
milliseconds_to_wait (const Supervisor *self)
{
  gint64 watchdog = pn_notify_watchdog_every ();
  gint64 now = g_get_monotonic_time ();
  gint64 next = now + (watchdog > 0 ? MIN (watchdog, LOOK_EVERY) : LOOK_EVERY);

  for (guint i = 0; i < self->children->len; i++)
    next = MIN (next, pn_child_next (g_ptr_array_index (self->children, i)));
  return (int) ((MAX (next - now, 0) + PN_MILLISECOND - 1) / PN_MILLISECOND);
}

static void
wait_and_take (Supervisor *self)
{
  guint n = self->children->len;
  g_autofree struct pollfd *pollers = g_new0 (struct pollfd, n + 2);

  pollers[0] = (struct pollfd){ .fd = self->signal_fd, .events = POLLIN };
  pollers[1] = (struct pollfd){ .fd = pn_wake_fd (self->wake), .events = POLLIN };
  for (guint i = 0; i < n; i++) {
    const PnChild *child = g_ptr_array_index (self->children, i);

    pollers[i + 2] = (struct pollfd){ .fd = child->control_fd, .events = POLLIN };
  }
  if (poll (pollers, n + 2, milliseconds_to_wait (self)) < 0 && errno != EINTR)
    pn_log (PN_LOG_WARNING, "poll-failed", "reason=\"%s\"", g_strerror (errno));
  for (guint i = 0; i < n; i++) {
    if (pollers[i + 2].revents != 0)
      pn_child_listen (g_ptr_array_index (self->children, i), take_mailbox, self);
  }
  take_signals (self);
  if (pollers[1].revents != 0) {
    pn_wake_drain (self->wake);
    self->must_prepare = TRUE;
  }
  reap (self);
  pn_notify_watchdog ();
}

static gboolean
set_up (Supervisor *self, GError **error)
{
  const char *run = pn_settings_text (self->settings, PN_SETTING_PATHS_RUN);
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGHUP);
  sigaddset (&signals, SIGCHLD);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  signal (SIGPIPE, SIG_IGN);
  self->signal_fd = signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (self->signal_fd < 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "no descriptor for signals: %s", g_strerror (errno));
    return FALSE;
  }
  self->wake = pn_wake_open (run, PN_HEALTH_SUPERVISOR, error);
  return self->wake != NULL;
}

gboolean
pn_supervisor_run (const char *path, PnSettings *settings, const PnSecret *master, GError **error)
{
  g_auto (Supervisor) self = { .path = path, .settings = settings, .master = master };

  self.signal_fd = -1;
  self.children = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_child_free);
  self.mailboxes = g_ptr_array_new_with_free_func (g_free);
  self.started_at = pn_clock_now ();
  self.must_prepare = TRUE;
  if (!set_up (&self, error))
    return FALSE;
  pn_log (PN_LOG_INFO, "gateway-start", "pid=%d", (int) getpid ());
  if (pn_settings_has_private_database (settings)) {
    self.database = add_child (&self, PN_ROLE_DATABASE, NULL);
    start_child (&self, self.database);
  }
  self.prepare = add_child (&self, PN_ROLE_PREPARE, NULL);
  while (!self.is_stopping || !stop (&self)) {
    if (!self.is_stopping)
      work (&self);
    report (&self);
    wait_and_take (&self);
  }
  pn_health_remove (pn_settings_text (self.settings, PN_SETTING_PATHS_RUN));
  pn_log (PN_LOG_INFO, "gateway-stopped", NULL);
  return TRUE;
}
