#include "gateway/serve/place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "templates/template.h"
#include "ticketing/core/error.h"

#define LOCK_PATIENCE (30 * PN_SECOND)
#define LOCK_RETRY (PN_SECOND / 20)

/* Returns: (owned) the name of the user to become; NULL with what to do. */
static char *
choose_user (const PnSettings *settings, GError **error)
{
  const char *data = pn_settings_text (settings, PN_SETTING_PATHS_DATA);
  const char *user = pn_settings_text (settings, PN_SETTING_PATHS_USER);
  const struct passwd *owner = NULL;
  struct stat info;

  if (*user != '\0')
    return g_strdup (user);
  if (stat (data, &info) == 0 && info.st_uid != 0) {
    owner = getpwuid (info.st_uid);
    if (owner != NULL)
      return g_strdup (owner->pw_name);
  }
  pn_error_set (error, PN_ERROR_DENIED,
                "postern does not run as root. Make a user for it (useradd --system postern) and "
                "either set \"user = postern\" under [paths] or give that user %s",
                data);
  return NULL;
}

gboolean
pn_place_check_user (const PnSettings *settings, GError **error)
{
  g_autofree char *user = geteuid () == 0 ? choose_user (settings, error) : g_strdup ("");

  return user != NULL;
}

static gboolean
make_data_for (const struct passwd *account, const char *data, GError **error)
{
  if (g_file_test (data, G_FILE_TEST_EXISTS))
    return TRUE;
  if (g_mkdir_with_parents (data, 0755) == 0 && chmod (data, 0700) == 0
      && chown (data, account->pw_uid, account->pw_gid) == 0)
    return TRUE;
  pn_error_set (error, PN_ERROR_DENIED, "the data directory %s could not be made: %s", data,
                g_strerror (errno));
  return FALSE;
}

gboolean
pn_place_become_user (const PnSettings *settings, gboolean makes_data, GError **error)
{
  const char *data = pn_settings_text (settings, PN_SETTING_PATHS_DATA);
  g_autofree char *user = NULL;
  const struct passwd *account = NULL;

  if (geteuid () != 0)
    return TRUE;
  user = choose_user (settings, error);
  if (user == NULL)
    return FALSE;
  account = getpwnam (user);
  if (account == NULL || account->pw_uid == 0) {
    pn_error_set (error, PN_ERROR_DENIED, "postern cannot run as the user \"%s\": %s", user,
                  account == NULL ? "there is none of that name" : "that is root");
    return FALSE;
  }
  if (makes_data && !make_data_for (account, data, error))
    return FALSE;
  if (initgroups (user, account->pw_gid) != 0 || setgid (account->pw_gid) != 0
      || setuid (account->pw_uid) != 0) {
    pn_error_set (error, PN_ERROR_DENIED, "postern could not become the user \"%s\": %s", user,
                  g_strerror (errno));
    return FALSE;
  }
  g_setenv ("HOME", data, TRUE);
  g_setenv ("USER", user, TRUE);
  g_setenv ("LOGNAME", user, TRUE);
  return TRUE;
}

/* Makes the directory @path, or checks that what is there is one of our own. */
static gboolean
prepare_directory (const char *path, const char *what, GError **error)
{
  struct stat info;

  if (mkdir (path, 0700) != 0 && errno != EEXIST) {
    pn_error_set (error, PN_ERROR_DENIED, "the %s directory %s could not be made: %s", what, path,
                  g_strerror (errno));
    return FALSE;
  }
  if (lstat (path, &info) != 0 || !S_ISDIR (info.st_mode)) {
    pn_error_set (error, PN_ERROR_DENIED, "the %s directory %s is no directory", what, path);
    return FALSE;
  }
  if (info.st_uid != geteuid ()) {
    const struct passwd *owner = getpwuid (info.st_uid);

    pn_error_set (
        error, PN_ERROR_DENIED,
        "the %s directory %s belongs to the user \"%s\", not to you; run this command as that user",
        what, path, owner != NULL ? owner->pw_name : "?");
    return FALSE;
  }
  if ((info.st_mode & 022) != 0) {
    pn_error_set (error, PN_ERROR_DENIED,
                  "others may write into the %s directory %s; run: chmod go-w %s", what, path,
                  path);
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_place_prepare_data (const PnSettings *settings, GError **error)
{
  const char *data = pn_settings_text (settings, PN_SETTING_PATHS_DATA);
  g_autofree char *parent = g_path_get_dirname (data);

  (void) g_mkdir_with_parents (parent, 0755);
  return prepare_directory (data, "data", error);
}

gboolean
pn_place_prepare_run (const PnSettings *settings, GError **error)
{
  return prepare_directory (pn_settings_text (settings, PN_SETTING_PATHS_RUN), "run-time", error);
}

char *
pn_place_database_path (const PnSettings *settings)
{
  return g_build_filename (pn_settings_text (settings, PN_SETTING_PATHS_DATA), "mariadb", NULL);
}

PnSecret *
pn_place_load_key (const PnSettings *settings, gboolean may_make, GError **error)
{
  const char *path = pn_settings_text (settings, PN_SETTING_PATHS_KEY);
  g_autofree char *database = pn_place_database_path (settings);
  g_autoptr (GError) reason = NULL;
  PnSecret *key = pn_key_load_file (path, &reason);

  if (key != NULL)
    return key;
  if (!pn_error_is (reason, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  if (may_make
      || (pn_settings_has_private_database (settings)
          && !g_file_test (database, G_FILE_TEST_EXISTS)))
    return pn_key_make_file (path, error) ? pn_key_load_file (path, error) : NULL;
  pn_error_set (
      error, PN_ERROR_NOT_FOUND,
      "the key file %s is missing: restore it from your backup, or run `postern init --new-key` "
      "and set all mailbox passwords again",
      path);
  return NULL;
}

static int
open_lock (const PnSettings *settings, const char *name, GError **error)
{
  g_autofree char *path =
      g_build_filename (pn_settings_text (settings, PN_SETTING_PATHS_DATA), name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    pn_error_set (error, PN_ERROR_DENIED, "the lock file %s: %s", path, g_strerror (errno));
  return fd;
}

/* Returns: TRUE when a gateway wrote itself into the lock file. */
static gboolean
is_held_by_gateway (int fd, int *pid)
{
  char text[64] = "";

  return pread (fd, text, sizeof text - 1, 0) > 0 && sscanf (text, "gateway %d", pid) == 1;
}

static void
write_holder (int fd, gboolean is_gateway)
{
  g_autofree char *text =
      g_strdup_printf ("%s %d\n", is_gateway ? "gateway" : "command", getpid ());

  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, strlen (text), 0) < 0)
    return; /* only who waits for us would have read it */
}

static void
set_held (GError **error, const char *data, int pid)
{
  if (pid != 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "a gateway is already running on %s (process %d)",
                  data, pid);
  else
    pn_error_set (error, PN_ERROR_TEMPORARY, "another postern command is busy with %s", data);
}

int
pn_place_lock (const PnSettings *settings, gboolean is_gateway, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + LOCK_PATIENCE;
  int fd = open_lock (settings, "postern.lock", error);
  int pid = 0;

  if (fd < 0)
    return -1;
  while (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    if (is_held_by_gateway (fd, &pid) || !is_gateway || g_get_monotonic_time () >= deadline) {
      set_held (error, pn_settings_text (settings, PN_SETTING_PATHS_DATA), pid);
      close (fd);
      return -1;
    }
    g_usleep (LOCK_RETRY);
  }
  write_holder (fd, is_gateway);
  return fd;
}

gboolean
pn_place_check_templates (const PnSettings *settings, GError **error)
{
  const char *folder = pn_settings_text (settings, PN_SETTING_PATHS_TEMPLATES);
  g_autoptr (PnTemplates) templates = NULL;
  g_autoptr (GError) why = NULL;

  if (*folder == '\0')
    return TRUE;
  templates = pn_templates_open (folder, &why);
  if (templates == NULL)
    pn_error_set (error, PN_ERROR_INVALID, "the templates in %s: %s", folder, why->message);
  return templates != NULL;
}

int
pn_place_lock_use (const PnSettings *settings, GError **error)
{
  int fd = open_lock (settings, "users.lock", error);

  if (fd < 0)
    return -1;
  while (flock (fd, LOCK_SH) != 0) {
    if (errno == EINTR)
      continue;
    pn_error_set (error, PN_ERROR_TEMPORARY, "the lock on the private database: %s",
                  g_strerror (errno));
    close (fd);
    return -1;
  }
  return fd;
}

void
pn_place_wait_for_users (int use_fd, PnTime timeout)
{
  gint64 deadline = g_get_monotonic_time () + timeout;

  /* From shared to exclusive: who comes now waits until the descriptor is closed. */
  while (flock (use_fd, LOCK_EX | LOCK_NB) != 0 && g_get_monotonic_time () < deadline)
    g_usleep (LOCK_RETRY);
}
