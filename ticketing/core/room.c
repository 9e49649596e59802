#include "ticketing/core/room.h"

#include <sys/statvfs.h>

#include "ticketing/core/error.h"

const char *
pn_room_path (const PnSettings *settings)
{
  return pn_settings_has_private_database (settings)
             ? pn_settings_text (settings, PN_SETTING_PATHS_DATA)
             : NULL;
}

gboolean
pn_room_check (const char *path, gint64 needed_bytes, GError **error)
{
  g_autofree char *wanted = NULL;
  struct statvfs disk;
  gint64 free_bytes;

  if (path == NULL || statvfs (path, &disk) != 0 || disk.f_blocks == 0)
    return TRUE;
  free_bytes = (gint64) disk.f_bavail * (gint64) disk.f_frsize;
  if (free_bytes >= needed_bytes)
    return TRUE;
  wanted = g_format_size_full ((guint64) needed_bytes, G_FORMAT_SIZE_IEC_UNITS);
  pn_error_set (error, PN_ERROR_TEMPORARY,
                PN_ROOM_FULL
                ": less than %s are free where %s lies; make room there, mail waits until then",
                wanted, path);
  return FALSE;
}
