#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/cli/doctor.h"
#include "gateway/serve/place.h"
#include "ticketing/core/error.h"
#include "ticketing/core/room.h"

#define DISK_LEAST_BYTES (500 * G_GINT64_CONSTANT (1048576))
#define DISK_LEAST_PERCENT 5
#define INODES_LEAST_PERCENT 2
#define MOMENT (2 * PN_MINUTE)

static gboolean
examine_settings (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;

  if (!pn_cli_load_settings (doctor->cli, FALSE, &error)) {
    pn_doctor_find_error (doctor, "settings", error);
    return FALSE;
  }
  doctor->settings = pn_cli_settings (doctor->cli);
  return TRUE;
}

static gboolean
examine_directories (PnDoctor *doctor)
{
  const char *data = pn_settings_text (doctor->settings, PN_SETTING_PATHS_DATA);
  g_autoptr (GError) error = NULL;
  struct stat info;

  if (stat (data, &info) != 0) {
    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "data directory", "%s: %s; run postern init", data,
                    g_strerror (errno));
    return FALSE;
  }
  if (!pn_place_prepare_data (doctor->settings, &error)
      || !pn_place_prepare_run (doctor->settings, &error)) {
    pn_doctor_find_error (doctor, "data directory", error);
    return FALSE;
  }
  if ((info.st_mode & 077) != 0)
    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "data directory",
                    "other users may look into %s; run: chmod 700 %s", data, data);
  return TRUE;
}

static void
examine_key (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;

  doctor->master = pn_cli_master_key (doctor->cli, &error);
  if (doctor->master == NULL)
    pn_doctor_find_error (doctor, "key file", error);
}

static void
examine_disk (PnDoctor *doctor)
{
  const char *data = pn_settings_text (doctor->settings, PN_SETTING_PATHS_DATA);
  g_autoptr (GError) full = NULL;
  struct statvfs disk;
  gint64 free_bytes = 0;

  if (!pn_room_check (pn_room_path (doctor->settings), PN_ROOM_TAKE_BYTES, &full)) {
    pn_doctor_find_error (doctor, "disk", full);
    doctor->is_disk_full = TRUE;
    return;
  }
  if (statvfs (data, &disk) != 0 || disk.f_blocks == 0)
    return;
  free_bytes = (gint64) disk.f_bavail * (gint64) disk.f_frsize;
  if (free_bytes < DISK_LEAST_BYTES || disk.f_bavail * 100 / disk.f_blocks < DISK_LEAST_PERCENT) {
    g_autofree char *left = g_format_size ((guint64) free_bytes);

    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "disk", "only %s are free where %s lies", left,
                    data);
  }
  if (disk.f_files > 0 && disk.f_favail * 100 / disk.f_files < INODES_LEAST_PERCENT)
    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "disk",
                    "hardly any more files can be made where %s lies", data);
}

static gboolean
is_loopback (const char *listen)
{
  return g_str_has_prefix (listen, "127.") || g_str_has_prefix (listen, "[::1]")
         || g_str_has_prefix (listen, "localhost:") || g_str_has_prefix (listen, "unix:");
}

static void
examine_web (PnDoctor *doctor)
{
  const char *listen = pn_settings_text (doctor->settings, PN_SETTING_WEB_LISTEN);
  const char *url = pn_settings_text (doctor->settings, PN_SETTING_WEB_BASE_URL);

  if (!is_loopback (listen) && g_str_has_prefix (url, "http://"))
    pn_doctor_find (
        doctor, PN_FINDING_ADVICE, "web",
        "pages are served without TLS on %s, so nobody can log in there: put a proxy with TLS "
        "in front, listen on 127.0.0.1 and set base_url to its https:// address",
        listen);
}

static void
examine_roles (PnDoctor *doctor)
{
  const char *run = pn_settings_text (doctor->settings, PN_SETTING_PATHS_RUN);

  doctor->health = pn_health_load (run, NULL);
  if (doctor->health == NULL) {
    pn_doctor_find (
        doctor, PN_FINDING_PROBLEM, "gateway",
        "the gateway is not running: start it with \"systemctl start postern\" or \"postern serve\"");
    return;
  }
  for (guint i = 0; i < doctor->health->rows->len; i++) {
    const PnHealthRow *row = g_ptr_array_index (doctor->health->rows, i);
    g_autofree char *sentence = pn_health_row_sentence (row);

    /* Who is starting may take a moment. */
    if ((row->state == PN_HEALTH_STARTING || row->state == PN_HEALTH_STOPPING)
        && pn_clock_now () - row->since < MOMENT)
      continue;
    if (doctor->is_disk_full && sentence != NULL && strstr (sentence, PN_ROOM_FULL) != NULL)
      continue;
    /* A fetcher's trouble is its mailbox's, which is tried below. */
    if (sentence != NULL
        && !(row->state == PN_HEALTH_RUNNING && g_str_has_prefix (row->role, "fetch:")))
      pn_doctor_find (doctor, PN_FINDING_PROBLEM, "gateway", "%s", sentence);
  }
}

/* Unless the gateway, which was asked to take them, says so itself. */
static void
examine_templates (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;

  if (pn_place_check_templates (doctor->settings, &error))
    return;
  for (guint i = 0; i < doctor->findings->len; i++) {
    if (strstr (((const PnFinding *) doctor->findings->pdata[i])->sentence, error->message) != NULL)
      return;
  }
  pn_doctor_find_error (doctor, "templates", error);
}

gboolean
pn_doctor_examine_place (PnDoctor *doctor)
{
  if (!examine_settings (doctor))
    return FALSE;
  examine_web (doctor);
  if (!examine_directories (doctor))
    return FALSE;
  examine_key (doctor);
  examine_disk (doctor);
  examine_roles (doctor);
  examine_templates (doctor);
  return TRUE;
}
