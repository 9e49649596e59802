#include "ticketing/core/health.h"

#include <stdlib.h>
#include <unistd.h>

#include "ticketing/core/error.h"
#include "ticketing/core/wake.h"

#define FILE_NAME "health.json"

static const char *const state_names[] = {
  [PN_HEALTH_STARTING] = "starting",
  [PN_HEALTH_RUNNING] = "running",
  [PN_HEALTH_BACKOFF] = "backoff",
  [PN_HEALTH_STOPPING] = "stopping",
};

const char *
pn_health_state_name (PnHealthState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

static void
row_free (gpointer data)
{
  PnHealthRow *row = data;

  g_free (row->role);
  g_free (row->sentence);
  g_free (row);
}

PnHealth *
pn_health_new (void)
{
  PnHealth *health = g_new0 (PnHealth, 1);

  health->rows = g_ptr_array_new_with_free_func (row_free);
  return health;
}

void
pn_health_free (PnHealth *health)
{
  if (health == NULL)
    return;
  g_ptr_array_unref (health->rows);
  g_free (health);
}

PnHealthRow *
pn_health_add (PnHealth *health, const char *role)
{
  PnHealthRow *row = g_new0 (PnHealthRow, 1);

  row->role = g_strdup (role);
  g_ptr_array_add (health->rows, row);
  return row;
}

json_t *
pn_health_write (const PnHealth *health)
{
  json_t *rows = json_array ();

  for (guint i = 0; i < health->rows->len; i++) {
    const PnHealthRow *row = g_ptr_array_index (health->rows, i);

    json_array_append_new (
        rows, json_pack ("{s:s,s:s,s:I,s:I,s:I,s:I,s:s?}", "role", row->role, "state",
                         pn_health_state_name (row->state), "pid", (json_int_t) row->pid,
                         "restarts", (json_int_t) row->restarts, "since", (json_int_t) row->since,
                         "next_at", (json_int_t) row->next_at, "sentence", row->sentence));
  }
  return json_pack ("{s:I,s:I,s:o}", "pid", (json_int_t) health->pid, "started_at",
                    (json_int_t) health->started_at, "roles", rows);
}

static gint64
read_number (const json_t *document, const char *key)
{
  return json_integer_value (json_object_get (document, key));
}

static gboolean
read_row (PnHealth *health, const json_t *document)
{
  const char *role = json_string_value (json_object_get (document, "role"));
  const char *state = json_string_value (json_object_get (document, "state"));
  PnHealthRow *row = NULL;

  if (role == NULL || state == NULL)
    return FALSE;
  row = pn_health_add (health, role);
  row->pid = read_number (document, "pid");
  row->restarts = read_number (document, "restarts");
  row->since = read_number (document, "since");
  row->next_at = read_number (document, "next_at");
  row->sentence = g_strdup (json_string_value (json_object_get (document, "sentence")));
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++) {
    if (g_strcmp0 (state_names[i], state) == 0) {
      row->state = (PnHealthState) i;
      return TRUE;
    }
  }
  return FALSE;
}

PnHealth *
pn_health_read (const json_t *document)
{
  g_autoptr (PnHealth) health = pn_health_new ();
  const json_t *rows = json_object_get (document, "roles");
  const json_t *row = NULL;
  gsize i = 0;

  health->pid = read_number (document, "pid");
  health->started_at = read_number (document, "started_at");
  if (health->pid <= 0 || !json_is_array (rows))
    return NULL;
  json_array_foreach (rows, i, row)
  {
    if (!read_row (health, row))
      return NULL;
  }
  return g_steal_pointer (&health);
}

gboolean
pn_health_save (const PnHealth *health, const char *run, GError **error)
{
  g_autofree char *path = g_build_filename (run, FILE_NAME, NULL);
  json_t *document = pn_health_write (health);
  char *text = json_dumps (document, JSON_COMPACT);
  gboolean is_saved =
      g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, error);

  free (text);
  json_decref (document);
  return is_saved;
}

void
pn_health_remove (const char *run)
{
  g_autofree char *path = g_build_filename (run, FILE_NAME, NULL);

  (void) unlink (path);
}

PnHealth *
pn_health_load (const char *run, GError **error)
{
  g_autofree char *path = g_build_filename (run, FILE_NAME, NULL);
  json_t *document = json_load_file (path, 0, NULL);
  g_autoptr (PnHealth) health = document != NULL ? pn_health_read (document) : NULL;

  json_decref (document);
  /* Its supervisor may have been killed and its number be another's by now. */
  if (health == NULL || !pn_wake_is_there (run, PN_HEALTH_SUPERVISOR)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "no gateway is running (%s)", run);
    return NULL;
  }
  return g_steal_pointer (&health);
}

gboolean
pn_health_is_well (const PnHealth *health)
{
  for (guint i = 0; i < health->rows->len; i++) {
    const PnHealthRow *row = g_ptr_array_index (health->rows, i);

    if (row->state != PN_HEALTH_RUNNING || row->sentence != NULL)
      return FALSE;
  }
  return TRUE;
}

char *
pn_health_row_sentence (const PnHealthRow *row)
{
  const char *reason = row->sentence != NULL ? row->sentence : "it says nothing";

  switch (row->state) {
  case PN_HEALTH_STARTING: return g_strdup_printf ("%s is starting", row->role);
  case PN_HEALTH_RUNNING:
    return row->sentence != NULL ? g_strdup_printf ("%s: %s", row->role, row->sentence) : NULL;
  case PN_HEALTH_BACKOFF:
    return g_strdup_printf ("%s has died and will be started again (%" G_GINT64_FORMAT
                            " times so far): %s",
                            row->role, row->restarts, reason);
  case PN_HEALTH_STOPPING: return g_strdup_printf ("%s is stopping", row->role);
  }
  g_assert_not_reached ();
}
