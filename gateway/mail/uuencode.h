/* Uuencode: files inside of texts, "begin 644 NAME" to "end", as old programs send them. Linear. Pure; any thread. */
#pragma once

#include <glib.h>

typedef struct {
  char *name;
  GBytes *bytes;
} PnUuFile;

void pn_uu_file_free (PnUuFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnUuFile, pn_uu_file_free)

/* Takes the files out of @text.
 * Returns: (owned) the text without them; NULL when there are none. Appends them to @files (of PnUuFile, 100 at most). */
char *pn_uuencode_extract (const char *text, GPtrArray *files);
