#include "ticketing/search_private.h"

#include <string.h>

#include "ticketing/core/error.h"

#define COUNT_DIGITS 4

static const struct {
  const char *name;
  PnSearchDue due;
} words[] = {
  { "over", { PN_SEARCH_DUE_WITHIN, -PN_SEARCH_DUE_EVER, 0 } },
  { "soon", { PN_SEARCH_DUE_WITHIN, 0, PN_SEARCH_DUE_SOON } },
  { "any", { PN_SEARCH_DUE_WITHIN, -PN_SEARCH_DUE_EVER, PN_SEARCH_DUE_EVER } },
  { "paused", { .kind = PN_SEARCH_DUE_PAUSED } },
  { "none", { .kind = PN_SEARCH_DUE_NONE } },
};

static const struct {
  char letter;
  PnTime time;
} units[] = {
  { 'm', PN_MINUTE },
  { 'h', PN_HOUR },
  { 'd', PN_DAY },
  { 'w', 7 * PN_DAY },
};

static gboolean
read_span (const char *text, PnTime *span)
{
  gsize digits = strspn (text, "0123456789");

  if (digits == 0 || digits > COUNT_DIGITS || strlen (text) != digits + 1)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_ascii_tolower (text[digits]) == units[i].letter) {
      *span = g_ascii_strtoll (text, NULL, 10) * units[i].time;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pn_search_due_read (const char *text, PnSearchDue *due, GError **error)
{
  PnTime span = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_ascii_strcasecmp (text, words[i].name) == 0) {
      *due = words[i].due;
      return TRUE;
    }
  }
  if ((*text != '<' && *text != '>') || !read_span (text + 1, &span)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "due \"%s\" is none of over, soon, paused, none, any, nor like <2h or >3d (m, h,"
                  " d, w)",
                  text);
    return FALSE;
  }
  due->kind = PN_SEARCH_DUE_WITHIN;
  due->from = *text == '<' ? 0 : span;
  due->until = *text == '<' ? span : PN_SEARCH_DUE_EVER;
  return TRUE;
}

gboolean
pn_search_due_has (const GArray *dues, PnTime now, PnTime due_at, gboolean is_paused)
{
  for (guint i = 0; i < dues->len; i++) {
    const PnSearchDue *due = &g_array_index (dues, PnSearchDue, i);

    switch (due->kind) {
    case PN_SEARCH_DUE_WITHIN:
      if (due_at != 0 && due_at - now >= due->from && due_at - now < due->until)
        return TRUE;
      break;
    case PN_SEARCH_DUE_PAUSED:
      if (due_at == 0 && is_paused)
        return TRUE;
      break;
    case PN_SEARCH_DUE_NONE:
      if (due_at == 0 && !is_paused)
        return TRUE;
      break;
    }
  }
  return FALSE;
}
