#include "gateway/cli/own_database.h"

#include <unistd.h>

#include "gateway/cli/own_child.h"
#include "gateway/serve/place.h"
#include "gateway/serve/prepare.h"
#include "ticketing/core/error.h"
#include "ticketing/core/room.h"

#define PATIENCE (60 * PN_SECOND)
#define RETRY (PN_SECOND / 20)
#define USERS_PATIENCE (10 * PN_MINUTE)

struct PnOwnDatabase {
  int use_fd;
  int lock_fd;       /* -1: the database is not ours */
  PnChild *guardian; /* NULL: the database is not ours */
};

static gboolean
does_answer (const PnSettings *settings, GError **error)
{
  PnDbTarget target;
  g_autoptr (PnDb) db = NULL;

  pn_settings_db_target (settings, &target);
  target.name = NULL;
  db = pn_db_open (&target, error);
  return db != NULL;
}

static gboolean
start (PnOwnDatabase *own, const PnSettings *settings, GError **error)
{
  PnDbTarget target;

  own->guardian = pn_own_child_start (PN_ROLE_DATABASE, settings, NULL, error);
  if (own->guardian == NULL)
    return FALSE;
  pn_settings_db_target (settings, &target);
  return pn_prepare_database (&target, error);
}

PnOwnDatabase *
pn_own_database_open (const PnSettings *settings, GError **error)
{
  g_autoptr (PnOwnDatabase) own = g_new0 (PnOwnDatabase, 1);
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  own->lock_fd = -1;
  own->use_fd = -1;
  if (!pn_place_prepare_data (settings, error) || !pn_place_prepare_run (settings, error))
    return NULL;
  own->use_fd = pn_place_lock_use (settings, error);
  if (own->use_fd < 0)
    return NULL;
  for (;;) {
    g_autoptr (GError) reason = NULL;
    g_autoptr (GError) silence = NULL;

    if (does_answer (settings, &silence))
      return g_steal_pointer (&own);
    if (!pn_room_check (pn_room_path (settings), PN_ROOM_RUN_BYTES, error))
      return NULL;
    own->lock_fd = pn_place_lock (settings, FALSE, &reason);
    if (own->lock_fd >= 0)
      return start (own, settings, error) ? g_steal_pointer (&own) : NULL;
    if (!pn_error_is (reason, PN_ERROR_TEMPORARY) || g_get_monotonic_time () >= deadline) {
      g_propagate_prefixed_error (error, g_steal_pointer (&reason), "%s; ", silence->message);
      return NULL;
    }
    g_usleep (RETRY);
  }
}

void
pn_own_database_close (PnOwnDatabase *own)
{
  if (own == NULL)
    return;
  if (own->guardian != NULL)
    pn_place_wait_for_users (own->use_fd, USERS_PATIENCE);
  pn_own_child_stop (own->guardian);
  if (own->lock_fd >= 0)
    close (own->lock_fd);
  if (own->use_fd >= 0)
    close (own->use_fd);
  g_free (own);
}
