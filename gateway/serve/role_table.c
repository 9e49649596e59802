#include "gateway/serve/role_table.h"

#include <string.h>

static const PnRoleRow rows[] = {
  [PN_ROLE_DATABASE] = { .name = "database" },
  [PN_ROLE_PREPARE] = { .name = "prepare", .has_database = TRUE, .is_once = TRUE },
  [PN_ROLE_CLERK] = { .name = "clerk", .has_database = TRUE, .has_token_key = TRUE },
  [PN_ROLE_SEND] = { .name = "send", .has_database = TRUE, .has_seal_key = TRUE },
  [PN_ROLE_FETCH] = { .name = "fetch", .has_database = TRUE, .has_seal_key = TRUE },
  [PN_ROLE_WEB] = { .name = "web", .has_database = TRUE, .has_token_key = TRUE },
  [PN_ROLE_PARSE] = { .name = "parse", .program = "postern-parse" },
};

const PnRoleRow *
pn_role_row (PnRoleKind kind)
{
  return kind < G_N_ELEMENTS (rows) && rows[kind].name != NULL ? &rows[kind] : NULL;
}

gboolean
pn_role_find (const char *name, PnRoleKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].name != NULL && strcmp (rows[i].name, name) == 0) {
      *kind = (PnRoleKind) i;
      return TRUE;
    }
  }
  return FALSE;
}

char *
pn_role_make_name (PnRoleKind kind, const char *argument)
{
  const char *name = rows[kind].name;

  return argument != NULL ? g_strdup_printf ("%s:%s", name, argument) : g_strdup (name);
}
