/* Lists: how every `postern X list` prints its rows: a JSON object a line, or columns for people. */
#pragma once

#include "gateway/cli/context.h"

typedef struct {
  const char *head;                         /* the columns' names, with tabs between */
  json_t *(*make_json) (gconstpointer row); /* (owned) */
  char *(*make_text) (gconstpointer row);   /* (owned) the cells, with tabs between */
  GPtrArray *(*load) (PnDb *db,
                      GError **error); /* (owned) all rows; NULL: for pn_cli_print_list () only */
} PnCliList;

/* @rows: of whatever @list's functions take. Nothing at all is printed for no rows. */
void pn_cli_print_list (const PnCli *cli, const PnCliList *list, const GPtrArray *rows);

/* The whole verb: takes no words, loads and prints. */
gboolean pn_cli_list (PnCli *cli, const PnCliList *list, int argc, char **argv, GError **error);
