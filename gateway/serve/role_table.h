/* Role table: which roles there are and what each is given. */
#pragma once

#include "gateway/serve/role.h"

typedef struct {
  const char *name;      /* as in `postern role NAME` */
  const char *program;   /* beside ours, with nothing in it but this role; NULL: our own */
  gboolean has_database; /* is given the database's password */
  gboolean has_seal_key;
  gboolean has_token_key;
  gboolean is_once; /* its end is no failure */
} PnRoleRow;

const PnRoleRow *pn_role_row (PnRoleKind kind);

/* Returns: TRUE and @kind when there is a role @name. */
gboolean pn_role_find (const char *name, PnRoleKind *kind);

/* Returns: (owned) "clerk", or "fetch:support" with an @argument. */
char *pn_role_make_name (PnRoleKind kind, const char *argument);
