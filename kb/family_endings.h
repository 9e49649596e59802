/* The endings of kb/family. Unchanging data. */
#pragma once

#include <glib.h>

/* What stands between the front of a verb ("" for none) and the verb itself. */
typedef struct {
  const char *const *fronts; /* NULL-terminated */
  const char *infixes[2];    /* the second only behind no front, too */
} PnFamilyInfixes;

/* Returns: (borrowed) the endings of @language ("en"), folded, apart by blanks; NULL where none are known. */
const char *pn_family_endings (const char *language);

/* Returns: (borrowed) NULL in a language whose verbs have no such thing. */
const PnFamilyInfixes *pn_family_infixes (const char *language);
