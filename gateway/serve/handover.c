#include "gateway/serve/handover.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define LIMIT_BYTES (1024 * 1024)

static const PnKeyPurpose purposes[] = { PN_KEY_SEAL, PN_KEY_TOKEN };

G_STATIC_ASSERT (G_N_ELEMENTS (purposes) == G_N_ELEMENTS (((PnHandover *) NULL)->keys));

static gboolean
is_given (const PnRoleRow *row, PnKeyPurpose purpose)
{
  switch (purpose) {
  case PN_KEY_SEAL: return row->has_seal_key;
  case PN_KEY_TOKEN: return row->has_token_key;
  }
  g_assert_not_reached ();
}

static gboolean
write_all (int fd, const void *bytes, gsize size_bytes)
{
  const guint8 *next = bytes;

  while (size_bytes > 0) {
    gssize written = write (fd, next, size_bytes);

    if (written < 0 && errno != EINTR)
      return FALSE;
    if (written > 0) {
      next += written;
      size_bytes -= (gsize) written;
    }
  }
  return TRUE;
}

int
pn_handover_make (const PnRoleRow *row, const PnSettings *settings, const PnSecret *master,
                  GError **error)
{
  char *text = pn_settings_write (settings, row->has_database);
  int fd = memfd_create ("postern", MFD_CLOEXEC);
  gboolean is_written = fd >= 0;
  guint8 mask = 0;

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++) {
    if (master != NULL && is_given (row, purposes[i]))
      mask |= (guint8) (1 << i);
  }
  is_written = is_written && write_all (fd, &mask, 1);
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++) {
    if ((mask & 1 << i) != 0) {
      g_autoptr (PnSecret) key = pn_key_derive (master, purposes[i]);

      is_written = is_written && write_all (fd, pn_secret_bytes (key), pn_secret_size (key));
    }
  }
  is_written = is_written && write_all (fd, text, strlen (text)) && lseek (fd, 0, SEEK_SET) == 0;
  pn_secret_wipe (text, strlen (text));
  g_free (text);
  if (is_written)
    return fd;
  pn_error_set (error, PN_ERROR_TEMPORARY, "the settings could not be handed over: %s",
                g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Returns: (owned) everything in @fd; NULL when it cannot be had. */
static PnSecret *
read_all (int fd)
{
  g_autofree guint8 *bytes = NULL;
  PnSecret *all = NULL;
  struct stat info;
  gsize got = 0;

  if (fstat (fd, &info) != 0 || info.st_size < 1 || info.st_size > LIMIT_BYTES)
    return NULL;
  bytes = g_malloc ((gsize) info.st_size);
  while (got < (gsize) info.st_size) {
    gssize part = read (fd, bytes + got, (gsize) info.st_size - got);

    if (part == 0 || (part < 0 && errno != EINTR))
      break;
    got += part > 0 ? (gsize) part : 0;
  }
  if (got == (gsize) info.st_size)
    all = pn_secret_new (bytes, got);
  pn_secret_wipe (bytes, got);
  return all;
}

gboolean
pn_handover_take (int fd, PnHandover *handover, GError **error)
{
  g_autoptr (PnSecret) all = read_all (fd);
  gsize at = 1;

  *handover = (PnHandover){ 0 };
  close (fd);
  for (guint i = 0; all != NULL && i < G_N_ELEMENTS (purposes); i++) {
    if ((pn_secret_bytes (all)[0] & 1 << i) != 0 && at + PN_KEY_BYTES <= pn_secret_size (all)) {
      handover->keys[purposes[i]] = pn_secret_new (pn_secret_bytes (all) + at, PN_KEY_BYTES);
      at += PN_KEY_BYTES;
    }
  }
  if (all == NULL) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "no settings were handed over; roles are started by `postern serve` only");
    return FALSE;
  }
  handover->settings = pn_settings_read (pn_secret_text (all) + at, "handover", error);
  if (handover->settings != NULL)
    return TRUE;
  pn_handover_clear (handover);
  return FALSE;
}

void
pn_handover_clear (PnHandover *handover)
{
  g_clear_pointer (&handover->settings, pn_settings_free);
  for (guint i = 0; i < G_N_ELEMENTS (handover->keys); i++)
    g_clear_pointer (&handover->keys[i], pn_secret_free);
}
