/* Flowed text (RFC 3676): lines that a program broke become the paragraphs they were. Linear. Pure; any thread. */
#pragma once

#include <glib.h>

/* Returns: (owned) @text with its soft breaks taken out: a line that ends with a blank goes on in the next one of the same
 * quote depth. @del_sp: the blank itself goes too. Signature marks ("-- ") stay. */
char *pn_flowed_join (const char *text, gboolean del_sp);
