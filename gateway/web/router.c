#include "gateway/web/router.h"

#include <string.h>

typedef gboolean (*SegmentCheck) (const char *text, gsize size, PnRouteMatch *match);

static gboolean
check_id (const char *text, gsize size, PnRouteMatch *match)
{
  if (size == 0 || size > 18 || text[0] == '0')
    return FALSE;
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  }
  match->id = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

static gboolean
check_name (const char *text, gsize size, PnRouteMatch *match)
{
  if (size == 0 || size > 64 || text[0] == '-')
    return FALSE;
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_islower (text[i]) && !g_ascii_isdigit (text[i]) && text[i] != '-')
      return FALSE;
  }
  match->name = g_strndup (text, size);
  return TRUE;
}

static gboolean
check_token (const char *text, gsize size, PnRouteMatch *match)
{
  if (size != 40)
    return FALSE;
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalpha (text[i]) && !(text[i] >= '2' && text[i] <= '7'))
      return FALSE;
  }
  match->name = g_strndup (text, size);
  return TRUE;
}

static gboolean
check_file (const char *text, gsize size, PnRouteMatch *match)
{
  if (size == 0 || size > 100 || !g_ascii_isalnum (text[0]))
    return FALSE;
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (text[i]) && strchr ("._-", text[i]) == NULL)
      return FALSE;
  }
  match->name = g_strndup (text, size);
  return TRUE;
}

static const struct {
  const char *hole;
  SegmentCheck check;
} holes[] = {
  { "{id}", check_id },
  { "{name}", check_name },
  { "{token}", check_token },
  { "{file}", check_file },
};

void
pn_route_match_clear (PnRouteMatch *match)
{
  g_clear_pointer (&match->name, g_free);
  match->id = 0;
}

static gboolean
match_hole (const char **pattern, const char **path, PnRouteMatch *match)
{
  gsize size = strcspn (*path, "/");

  for (gsize i = 0; i < G_N_ELEMENTS (holes); i++) {
    if (!g_str_has_prefix (*pattern, holes[i].hole))
      continue;
    *pattern += strlen (holes[i].hole);
    if (!holes[i].check (*path, size, match))
      return FALSE;
    *path += size;
    return TRUE;
  }
  return FALSE;
}

gboolean
pn_route_matches (const char *pattern, const char *path, PnRouteMatch *match)
{
  PnRouteMatch found = { 0, NULL };

  while (*pattern != '\0') {
    if (*pattern == '{') {
      if (!match_hole (&pattern, &path, &found)) {
        pn_route_match_clear (&found);
        return FALSE;
      }
    } else if (*pattern++ != *path++) {
      pn_route_match_clear (&found);
      return FALSE;
    }
  }
  if (*path != '\0') {
    pn_route_match_clear (&found);
    return FALSE;
  }
  *match = found;
  return TRUE;
}

const PnRoute *
pn_router_find (const PnRoute *routes, gsize n_routes, PnMethod method, const char *path,
                PnRouteMatch *match, gboolean *is_known)
{
  *is_known = FALSE;
  for (gsize i = 0; i < n_routes; i++) {
    if (!pn_route_matches (routes[i].pattern, path, match))
      continue;
    if (routes[i].method == method)
      return &routes[i];
    *is_known = TRUE;
    pn_route_match_clear (match);
  }
  return NULL;
}

guint
pn_router_flags_near (const PnRoute *routes, gsize n_routes, const char *path)
{
  gsize longest = 0;
  guint flags = 0;

  for (gsize i = 0; i < n_routes; i++) {
    gsize size = strcspn (routes[i].pattern, "{");

    if (routes[i].pattern[size] == '\0' || size <= longest
        || strncmp (routes[i].pattern, path, size) != 0)
      continue;
    longest = size;
    flags = routes[i].flags;
  }
  return flags;
}

static const char *const method_names[] = { "GET", "POST", "PATCH", "other" };

PnMethod
pn_method_read (const char *name)
{
  for (int i = PN_METHOD_GET; i < PN_METHOD_OTHER; i++) {
    if (strcmp (name, method_names[i]) == 0)
      return (PnMethod) i;
  }
  return PN_METHOD_OTHER;
}

const char *
pn_method_name (PnMethod method)
{
  return method_names[method];
}
