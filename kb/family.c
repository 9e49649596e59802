#include "kb/family.h"

#include <string.h>

#include "kb/family_endings.h"

#define START_MIN 4 /* bytes of what kin have in common */
#define SCANNED_MAX                                                                                \
  60 /* words of the base with that start that are looked at: it bounds the time */

static GMutex lock;
static GHashTable *languages; /* tag -> GHashTable, the set of its endings */

/* Returns: (borrowed, for good) */
static GHashTable *
load (const char *language)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) endings = g_strsplit (pn_family_endings (language), " ", -1);

  for (char **ending = endings; *ending != NULL; ending++)
    g_hash_table_add (set, g_strdup (*ending));
  g_hash_table_add (set, g_strdup (""));
  return set;
}

static GHashTable *
endings_of (const char *language)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTable *set;

  if (pn_family_endings (language) == NULL)
    return NULL;
  if (languages == NULL)
    languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_hash_table_unref);
  set = g_hash_table_lookup (languages, language);
  if (set == NULL) {
    set = load (language);
    g_hash_table_insert (languages, g_strdup (language), set);
  }
  return set;
}

static gboolean
is_start (const char *letter)
{
  return ((guchar) *letter & 0xc0) != 0x80;
}

/* Returns: how many bytes of @folded are left without its longest ending; 0: it has none that leaves enough. */
static gsize
start_of (GHashTable *endings, const char *folded)
{
  const gsize length = strlen (folded);

  for (gsize at = START_MIN; at <= length; at++) {
    if (is_start (folded + at) && g_hash_table_contains (endings, folded + at))
      return at;
  }
  return 0;
}

/* Have they a start of at least @least bytes in common, behind which each has an ending? */
static gboolean
is_kin (GHashTable *endings, const char *folded, const char *other, gsize least)
{
  gsize at = least;

  while (folded[at] != '\0' && folded[at] == other[at])
    at++;
  for (; at >= least; at--) {
    if (is_start (folded + at) && is_start (other + at)
        && g_hash_table_contains (endings, folded + at)
        && g_hash_table_contains (endings, other + at))
      return TRUE;
  }
  return FALSE;
}

typedef struct {
  const PnKbIndex *index;
  GHashTable *endings;
  const char *own; /* the word whose kin are looked for; it is none itself */
  guint32 *found;
  guint n;
} Search;

/* Adds what is kin of @folded, the word itself or one of its other shapes. */
static void
add_kin (Search *search, const char *folded)
{
  const gsize least = start_of (search->endings, folded);
  g_autofree char *start = NULL;
  guint32 begun[SCANNED_MAX];
  guint n_begun;

  if (least == 0)
    return;
  start = g_strndup (folded, least);
  n_begun = pn_forms_begun (search->index->orders, search->index, start, begun, SCANNED_MAX);
  for (guint i = 0; i < n_begun && search->n < PN_FAMILY_MAX; i++) {
    const char *other = pn_index_term (search->index, begun[i])->text + 1;

    if (strcmp (other, search->own) != 0 && is_kin (search->endings, folded, other, least))
      search->found[search->n++] = begun[i];
  }
}

/* "abgeholt": also "abholt"; "abholen": also "abgeholen", as which "abgeholt" is kin. */
static void
add_participles (Search *search, const PnFamilyInfixes *infixes)
{
  for (guint f = 0; infixes->fronts[f] != NULL; f++) {
    const char *front = infixes->fronts[f];
    const char *rest = search->own + strlen (front);

    if (!g_str_has_prefix (search->own, front))
      continue;
    for (guint i = *front == '\0' ? 1 : 0; i < G_N_ELEMENTS (infixes->infixes); i++) {
      const char *infix = infixes->infixes[i];
      g_autofree char *shape =
          g_str_has_prefix (rest, infix) && strlen (rest) >= strlen (infix) + START_MIN
              ? g_strconcat (front, rest + strlen (infix), NULL)
              : g_strconcat (front, infix, rest, NULL);

      if (strlen (rest) >= START_MIN)
        add_kin (search, shape);
    }
  }
}

guint
pn_family_of (const PnKbIndex *index, const char *language, const char *folded,
              guint32 found[PN_FAMILY_MAX])
{
  Search search = { .index = index, .own = folded, .found = found };
  const PnFamilyInfixes *infixes = pn_family_infixes (language);

  search.endings = endings_of (language);
  if (search.endings == NULL)
    return 0;
  add_kin (&search, folded);
  if (infixes != NULL)
    add_participles (&search, infixes);
  return search.n;
}
