/* Files that are named on the command line. */
#pragma once

#include <glib.h>
#include <jansson.h>

#define PN_CLI_FILE_BYTES (4 * 1024 * 1024)

/* Returns: (owned) the bytes of @path ("-": standard input), with a NUL behind them; NULL with INVALID when it is larger
 * than PN_CLI_FILE_BYTES, NOT_FOUND when it can't be read. */
char *pn_cli_read_file (const char *path, gsize *size_bytes, GError **error);

/* Returns: (owned) the one JSON document that is in it. */
json_t *pn_cli_read_json (const char *path, GError **error);
