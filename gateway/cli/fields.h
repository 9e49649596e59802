/* Fields: options of a command that stand for keys of a thing's document, so that what `import` reads from a file can be
 * said in words, too, with the same checks.
 *
 *   static const PnCliField fields[] = { { "title", "title", PN_CLI_TEXT, "What people read", "TEXT" }, …, { NULL } };
 *   postern digest set morning --title "Every morning" --days mon,tue     {"title": …, "days": ["mon", "tue"]}
 */
#pragma once

#include "gateway/cli/things.h"

typedef enum {
  PN_CLI_TEXT,
  PN_CLI_NAME, /* "" is null */
  PN_CLI_LIST, /* commas between; "" is an empty one */
  PN_CLI_NUMBER,
  PN_CLI_FLAG, /* yes or no */
} PnCliFieldKind;

typedef struct {
  const char *option; /* NULL ends the table */
  const char *key;
  PnCliFieldKind kind;
  const char *help;
  const char *word; /* what the usage calls the value */
} PnCliField;

#define PN_CLI_FIELDS_MAX 24

/* As pn_cli_parse (). Returns: (owned) an object of the keys whose options were given; NULL. */
json_t *pn_cli_read_fields (PnCli *cli, const PnCliField *fields, const char *words, int *argc,
                            char ***argv, GError **error);

/* Reads @document into @thing, saves it and wakes the clerk; of the things: read, save, write. */
gboolean pn_cli_save_fields (PnCli *cli, json_t *document, gpointer thing, GError **error);

/* The verbs add and set of a command whose things have these fields: find, make, read, save, write. */
gboolean pn_cli_put_thing (PnCli *cli, const PnCliField *fields, int argc, char **argv,
                           GError **error);
