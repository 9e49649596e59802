/* Things: what the commands share that make, find, list and remove rows with a name of their own: a queue, a team, a
 * calendar, a policy. A command says in one PnCliThings what is its own; the steps around it stand here.
 *
 *   static const PnCliThings digests = { .kind = "digest", .find = find, … };
 *   static const PnCliVerb verbs[] = { { "remove", pn_cli_remove_thing, "Removes a digest" }, … };
 *   return pn_cli_main_things (&digests, verbs, argc, argv);
 */
#pragma once

#include "gateway/cli/list.h"

struct PnCliThings {
  const char *kind; /* "digest", for `there is no digest "x"` */

  /* (owned) The one of that name; TRUE with NULL in @thing: none. */
  gboolean (*find) (PnDb *db, const char *name, gpointer *thing, GError **error);
  gpointer (*make) (const char *name); /* (owned) one that is not stored yet */
  GDestroyNotify free;
  const PnCliList
      *list; /* how they are listed; NULL: by the next two, and in JSON as @write does */
  GPtrArray *(*load) (PnDb *db, GError **error);                 /* (owned) all of them */
  char *(*line) (PnDb *db, gconstpointer thing, GError **error); /* (owned) with tabs between */

  /* Of things that are read from files of JSON and written to them. */
  json_t *(*write) (PnDb *db, gconstpointer thing, GError **error); /* (owned) */
  gboolean (*read) (PnDb *db, json_t *document, gpointer thing, GError **error);
  gboolean (*save) (PnDb *db, gpointer thing, GError **error);

  gboolean (*remove) (PnDb *db, gpointer thing, GError **error);
};

/* Verbs. What each needs of the things:
 * list: list, or load, line and write; export: find, write; remove: find, remove. */
gboolean pn_cli_list_things (PnCli *cli, int argc, char **argv, GError **error);
gboolean pn_cli_export_thing (PnCli *cli, int argc, char **argv, GError **error);
gboolean pn_cli_remove_thing (PnCli *cli, int argc, char **argv, GError **error);

/* Adds or changes the one that is named, and wakes the clerk: find, make, read, save, write. */
gboolean pn_cli_import_thing (PnCli *cli, int argc, char **argv, GError **error);

/* Steps of a command's own verbs. Each returns: (owned) the thing, and pn_cli_db () is there from then on; NULL. */
gpointer pn_cli_find_thing (PnCli *cli, const char *name, GError **error); /* NOT_FOUND */

/* The thing that argv[1] names, of a verb that takes @words, the first of which is that name, and no options. */
gpointer pn_cli_open_thing (PnCli *cli, const char *words, int *argc, char ***argv, GError **error);

/* For a verb that is called add and set, and has read its options: `add` makes one, `set` finds it. */
gpointer pn_cli_take_thing (PnCli *cli, const char *verb, const char *name, GError **error);

/* Prints what `export` prints. */
gboolean pn_cli_print_thing (PnCli *cli, gconstpointer thing, GError **error);
