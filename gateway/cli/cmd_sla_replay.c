#include "gateway/cli/cmd_sla_replay.h"

#include <stdio.h>

#include "gateway/clerk/replay.h"
#include "gateway/cli/list.h"
#include "gateway/cli/read_file.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/sla_document.h"
#include "ticketing/sla_replay.h"

#define LISTED 100
#define SHOWN 50                   /* tickets, for people */
#define PAUSE (G_USEC_PER_SEC / 5) /* while others have the rest */

static const char *const tally_names[] = { "met", "missed", "running", "late" };

/* A row of the table: one metric, or one priority of it. */
typedef struct {
  const char *metric;
  const char *priority;
  const json_t *sides;
} Row;

static gint64
get_number (const json_t *sides, const char *side, const char *name)
{
  return json_integer_value (json_object_get (json_object_get (sides, side), name));
}

static char *
make_row (gconstpointer data)
{
  const Row *row = data;
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s\t%s", row->metric, row->priority);
  for (gsize i = 0; i < G_N_ELEMENTS (tally_names); i++)
    g_string_append_printf (line, "\t%" G_GINT64_FORMAT " -> %" G_GINT64_FORMAT,
                            get_number (row->sides, "without", tally_names[i]),
                            get_number (row->sides, "with", tally_names[i]));
  g_string_append_printf (line, "\t%" G_GINT64_FORMAT,
                          (gint64) json_integer_value (json_object_get (row->sides, "changed")));
  return g_string_free (line, FALSE);
}

static const PnCliList table = { "PROMISE\tPRIORITY\tKEPT\tMISSED\tRUNNING\tOVER\tDIFFERENT", NULL,
                                 make_row };

static void
add_row (GPtrArray *rows, const char *metric, const char *priority, const json_t *sides)
{
  const Row row = { metric, priority, sides };

  g_ptr_array_add (rows, g_memdup2 (&row, sizeof row));
}

static void
print_table (const PnCli *cli, const json_t *metrics)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < json_array_size (metrics); i++) {
    const json_t *metric = json_array_get (metrics, i);
    const json_t *priorities = json_object_get (metric, "priorities");
    const char *name = pn_json_get_text (metric, "metric");

    if (json_array_size (priorities) > 0)
      add_row (rows, name, "all", metric);
    for (gsize k = 0; k < json_array_size (priorities); k++) {
      const json_t *each = json_array_get (priorities, k);

      add_row (rows, name, pn_json_get_text (each, "priority"), each);
    }
  }
  pn_cli_print_list (cli, &table, rows);
}

static void
print_side (const json_t *side)
{
  const char *due_at = pn_json_get_text (side, "due_at");

  if (!json_is_object (side))
    printf ("no promise");
  else
    printf ("%s%s%s, %s", pn_json_get_text (side, "state"), due_at != NULL ? " due " : "",
            due_at != NULL ? due_at : "", pn_json_get_text (side, "policy"));
}

static void
print_hits (const json_t *hits)
{
  for (gsize i = 0; i < json_array_size (hits); i++) {
    const json_t *hit = json_array_get (hits, i);
    const json_t *changes = json_object_get (hit, "changes");

    for (gsize k = 0; k < json_array_size (changes); k++) {
      const json_t *change = json_array_get (changes, k);

      printf ("#%" G_GINT64_FORMAT " %s (%s): ",
              (gint64) json_integer_value (json_object_get (hit, "ticket")),
              pn_json_get_text (change, "metric"), pn_json_get_text (change, "reason"));
      print_side (json_object_get (change, "without"));
      printf (" -> ");
      print_side (json_object_get (change, "with"));
      putchar ('\n');
    }
  }
}

static void
print_head (const PnReplay *replay)
{
  printf ("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
          " tickets would have changed, %" G_GINT64_FORMAT
          " have this policy; nothing was changed (%s)\n",
          replay->title, replay->changed, replay->tickets, replay->matched,
          pn_replay_state_name (replay->state));
  if (replay->trouble != NULL)
    printf ("%s\n", replay->trouble);
}

static gboolean
print_replay (const PnCli *cli, PnDb *db, const PnReplay *replay, GError **error)
{
  const guint limit = pn_cli_wants_json (cli) ? PN_SLA_REPLAY_HITS_MAX : SHOWN;
  g_autoptr (json_t) document = NULL;

  if (replay->kind != PN_REPLAY_POLICY) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "replay %" G_GINT64_FORMAT " is none of a policy",
                  replay->id);
    return FALSE;
  }
  document = pn_sla_replay_write (db, replay, NULL, limit, error);
  if (document == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli)) {
    pn_cli_print_json (json_incref (document));
    return TRUE;
  }
  print_head (replay);
  print_table (cli, json_object_get (document, "metrics"));
  print_hits (json_object_get (document, "hits"));
  return TRUE;
}

/* (owned) The stored policy, with what @path (NULL: nothing) says otherwise. */
static PnPolicy *
read_policy (PnDb *db, const char *name, const char *path, GError **error)
{
  g_autoptr (json_t) document = NULL;
  g_autoptr (PnPolicy) policy = NULL;

  if ((path != NULL && (document = pn_cli_read_json (path, error)) == NULL)
      || !pn_sla_find (db, name, &policy, error))
    return NULL;
  if (policy == NULL) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no policy \"%s\"", name);
    return NULL;
  }
  json_object_del (document, "name");
  if (document != NULL && !pn_sla_read_policy (db, document, policy, error))
    return NULL;
  return g_steal_pointer (&policy);
}

/* Works at it beside the clerks, who go on with it when this ends early. */
static gboolean
work (PnDb *db, gint64 id, PnReplay **replay, GError **error)
{
  for (;;) {
    guint done = 0;

    pn_replay_free (*replay);
    *replay = pn_replay_load (db, id, error);
    if (*replay == NULL)
      return FALSE;
    if ((*replay)->state != PN_REPLAY_RUNNING)
      return TRUE;
    if (!pn_replays_work (db, id, &done, error))
      return FALSE;
    if (done == 0)
      g_usleep (PAUSE);
  }
}

gboolean
pn_cmd_sla_replay (PnCli *cli, int argc, char **argv, GError **error)
{
  int weeks = 4;
  gboolean is_background = FALSE;
  const GOptionEntry entries[] = { { "weeks", 0, 0, G_OPTION_ARG_INT, &weeks, "How far back (4)",
                                     "N" },
                                   { "background", 0, 0, G_OPTION_ARG_NONE, &is_background,
                                     "Print its number; the gateway does the work", NULL },
                                   { NULL } };
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) replay = NULL;
  PnDb *db = NULL;
  gint64 id = 0;

  if (!pn_cli_parse (cli, entries, "NAME [FILE]", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  policy = db != NULL ? read_policy (db, argv[1], argc > 2 ? argv[2] : NULL, error) : NULL;
  if (policy == NULL || !pn_sla_replay_add (db, policy, NULL, weeks, 0, &id, error))
    return FALSE;
  if (!is_background)
    return work (db, id, &replay, error) && print_replay (cli, db, replay, error);
  pn_cli_wake (cli, "clerk");
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:I}", "replay", (json_int_t) id));
  else
    printf ("%" G_GINT64_FORMAT "\n", id);
  return TRUE;
}

static json_t *
list_json (gconstpointer row)
{
  return pn_replay_write (row);
}

static char *
list_text (gconstpointer row)
{
  const PnReplay *replay = row;
  g_autofree char *at = pn_clock_write (replay->created_at);

  return g_strdup_printf (
      "%" G_GINT64_FORMAT "\t%s\t%s\t%d %%\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s",
      replay->id, at, pn_replay_state_name (replay->state), pn_replay_percent (replay),
      replay->tickets, replay->changed, replay->title);
}

static const PnCliList list_form = { "REPLAY\tORDERED\tSTATE\tDONE\tTICKETS\tCHANGED\tPOLICY",
                                     list_json, list_text };

static PnReplay *
find_replay (PnDb *db, const char *number, GError **error)
{
  gint64 id;

  if (!g_ascii_string_to_signed (number, 10, 1, G_MAXINT64, &id, NULL)) {
    pn_cli_set_usage (error, "a replay has a number, not \"%s\"", number);
    return NULL;
  }
  return pn_replay_load (db, id, error);
}

gboolean
pn_cmd_sla_replays (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) replays = NULL;
  g_autoptr (PnReplay) replay = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "[NUMBER]", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL)
    return FALSE;
  if (argc > 1) {
    replay = find_replay (db, argv[1], error);
    return replay != NULL && print_replay (cli, db, replay, error);
  }
  replays = pn_replay_list (db, PN_REPLAY_POLICY, 0, LISTED, error);
  if (replays == NULL)
    return FALSE;
  pn_cli_print_list (cli, &list_form, replays);
  return TRUE;
}

gboolean
pn_cmd_sla_cancel (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnReplay) replay = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NUMBER", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  replay = db != NULL ? find_replay (db, argv[1], error) : NULL;
  return replay != NULL && pn_replay_cancel (db, replay->id, error);
}
