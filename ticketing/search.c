#include "ticketing/search.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/search_list.h"
#include "ticketing/search_page.h"
#include "ticketing/search_private.h"
#include "ticketing/search_scope.h"
#include "ticketing/ticket_merge.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX 200
#define FIRST_ID (G_MAXINT64 / 2)
#define READS_MAX 300      /* statements for candidates of a page */
#define EXAMINED_MAX 16384 /* candidates of a page */
#define EXPANSIONS_MAX 32  /* words that begin like the last one */
#define RUNS_MAX 32        /* lists that are merged; beyond, one list is read and filtered */
#define SMALL_SCOPE 512    /* a scope that small is a list of ids itself */

/* Candidates are an AND of groups, each an OR of lists. */
typedef struct {
  PnDb *db;
  PnSearchScope scope;
  int sign;
  gboolean is_by_id;
  gboolean is_urgent; /* keys are urgencies, not last changes */
  GPtrArray *groups;  /* of GPtrArray of PnSearchList */
  guint reads;
  guint examined;
  guint limit;
} Search;

static void
search_clear (Search *search)
{
  pn_search_scope_clear (&search->scope);
  g_clear_pointer (&search->groups, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

void
pn_search_result_free (PnSearchResult *result)
{
  if (result == NULL)
    return;
  g_ptr_array_unref (result->hits);
  g_free (result->next);
  g_free (result);
}

static void
free_list (gpointer list)
{
  pn_search_list_free (list);
}

static void
free_group (gpointer group)
{
  g_ptr_array_unref (group);
}

static GPtrArray *
add_group (Search *search)
{
  GPtrArray *group = g_ptr_array_new_with_free_func (free_list);

  g_ptr_array_add (search->groups, group);
  return group;
}

static guint
count_statuses (const PnSearchQuery *query)
{
  return (guint) __builtin_popcount (query->statuses);
}

static PnRunKind
urgent_kind (PnRunKind kind)
{
  switch (kind) {
  case PN_RUN_ALL:
  case PN_RUN_STATUS:
  case PN_RUN_URGENT_STATUS: return PN_RUN_URGENT_STATUS;
  case PN_RUN_QUEUE:
  case PN_RUN_URGENT_QUEUE: return PN_RUN_URGENT_QUEUE;
  case PN_RUN_ASSIGNEE:
  case PN_RUN_URGENT_ASSIGNEE: return PN_RUN_URGENT_ASSIGNEE;
  }
  g_return_val_if_reached (kind);
}

static void
add_runs (const Search *search, GPtrArray *group, PnRunKind kind, gint64 owner)
{
  if (search->is_urgent)
    kind = urgent_kind (kind);
  for (int status = 0; status < PN_STATUS_COUNT; status++) {
    if ((search->scope.query->statuses >> status & 1) != 0)
      g_ptr_array_add (group, pn_search_list_run (kind, owner, (PnStatus) status, search->sign));
  }
}

static gboolean
add_owner_runs (Search *search, PnRunKind kind, const GArray *owners)
{
  GPtrArray *group;

  if (owners == NULL || owners->len * count_statuses (search->scope.query) > RUNS_MAX)
    return FALSE;
  group = add_group (search);
  for (guint i = 0; i < owners->len; i++)
    add_runs (search, group, kind, g_array_index (owners, gint64, i));
  return TRUE;
}

/* A group of what is asked for by due: or organisation:, where that is little enough. */
static gboolean
add_set_groups (Search *search, GError **error)
{
  GArray *sets[2] = { NULL, NULL };
  gboolean is_good = pn_search_set_due (search->db, &search->scope, &sets[0], error)
                     && pn_search_set_organisations (search->db, &search->scope, &sets[1], error);

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++) {
    g_autoptr (GArray) ids = sets[i];
    g_autoptr (GArray) keys = NULL;

    if (!is_good || ids == NULL)
      continue;
    keys = search->is_by_id
               ? pn_search_set_keys (ids, search->sign)
               : pn_search_set_load_keys (search->db, ids, search->is_urgent, search->sign, error);
    if (keys == NULL)
      is_good = FALSE;
    else
      g_ptr_array_add (add_group (search), pn_search_list_keys (keys));
  }
  return is_good;
}

/* The lists by last change that hold every ticket of the scope, and as few others as possible. */
static void
add_scope_groups (Search *search)
{
  const PnSearchScope *scope = &search->scope;
  gboolean has_assignees = add_owner_runs (search, PN_RUN_ASSIGNEE, scope->assignees);
  gboolean has_queues = add_owner_runs (search, PN_RUN_QUEUE, scope->queues);

  if (has_assignees || has_queues)
    return;
  if (count_statuses (scope->query) < PN_STATUS_COUNT)
    add_runs (search, add_group (search), PN_RUN_STATUS, 0);
  else
    g_ptr_array_add (add_group (search), pn_search_list_run (PN_RUN_ALL, 0, 0, search->sign));
}

/* The first key at or behind @from that is in any list of @group. */
static gboolean
seek_group (Search *search, const GPtrArray *group, PnSearchKey from, PnSearchKey *key,
            gboolean *is_there, GError **error)
{
  *is_there = FALSE;
  for (guint i = 0; i < group->len; i++) {
    PnSearchKey found = { 0 };
    gboolean is_found = FALSE;

    if (!pn_search_list_seek (group->pdata[i], search->db, from, &found, &is_found, &search->reads,
                              error))
      return FALSE;
    if (is_found && (!*is_there || pn_search_key_compare (found, *key) < 0))
      *key = found;
    *is_there = *is_there || is_found;
  }
  return TRUE;
}

/* The first key at or behind @key that is in every group; when the page has cost enough, how far it looked. */
static gboolean
next_candidate (Search *search, PnSearchKey *key, gboolean *is_there, GError **error)
{
  guint agreed = 0;

  *is_there = search->groups->len > 0;
  for (guint i = 0; *is_there && agreed < search->groups->len; i++) {
    PnSearchKey found = *key;

    if (!seek_group (search, search->groups->pdata[i % search->groups->len], *key, &found, is_there,
                     error))
      return FALSE;
    if (!*is_there)
      return TRUE;
    agreed = pn_search_key_compare (found, *key) > 0 ? 1 : agreed + 1;
    *key = found;
    if (search->reads > READS_MAX)
      return TRUE;
  }
  return TRUE;
}

static gboolean
add_word_group (Search *search, const PnSearchWord *word, GError **error)
{
  GPtrArray *group = add_group (search);
  g_autoptr (GPtrArray) terms = NULL;

  if (!word->is_prefix) {
    g_ptr_array_add (group, pn_search_list_term (word->term, search->sign));
    return TRUE;
  }
  terms = pn_search_list_expand (search->db, word->term, EXPANSIONS_MAX, error);
  for (guint i = 0; terms != NULL && i < terms->len; i++)
    g_ptr_array_add (group, pn_search_list_term (terms->pdata[i], search->sign));
  return terms != NULL;
}

static gboolean
is_restricted (const PnSearchScope *scope)
{
  return scope->queues != NULL || scope->assignees != NULL
         || count_statuses (scope->query) < PN_STATUS_COUNT;
}

/* A small scope is a list of ids, so that a common word costs no more than the scope. */
static gboolean
add_small_scope (Search *search, GError **error)
{
  Search inner = { .db = search->db, .scope = search->scope, .sign = search->sign };
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (free_group);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PnSearchKey key = { -FIRST_ID, -FIRST_ID };
  gboolean is_there = TRUE;

  inner.groups = groups;
  add_scope_groups (&inner);
  while (ids->len <= SMALL_SCOPE) {
    gint64 id;

    if (!next_candidate (&inner, &key, &is_there, error))
      return FALSE;
    if (!is_there)
      break;
    id = search->sign * key.id;
    g_array_append_val (ids, id);
    key.id++;
  }
  search->reads += inner.reads;
  if (!is_there) {
    g_autoptr (GArray) keys = pn_search_set_keys (ids, search->sign);

    g_ptr_array_add (add_group (search), pn_search_list_keys (keys));
  }
  return TRUE;
}

static gboolean
add_groups (Search *search, GError **error)
{
  const PnSearchQuery *query = search->scope.query;

  search->is_by_id = query->words->len > 0 || query->tags->len > 0;
  if (!add_set_groups (search, error))
    return FALSE;
  if (!search->is_by_id) {
    if (search->groups->len == 0)
      add_scope_groups (search);
    return TRUE;
  }
  for (guint i = 0; i < query->words->len; i++) {
    if (!add_word_group (search, query->words->pdata[i], error))
      return FALSE;
  }
  for (guint i = 0; i < query->tags->len; i++) {
    const GPtrArray *tags = query->tags->pdata[i];
    GPtrArray *group = add_group (search);

    for (guint k = 0; k < tags->len; k++)
      g_ptr_array_add (group, pn_search_list_tag (tags->pdata[k], search->sign));
  }
  return !is_restricted (&search->scope) || add_small_scope (search, error);
}

/* Where the order begins: a list by last change at the time that is asked for. */
static PnSearchKey
first_key (const Search *search)
{
  const PnSearchQuery *query = search->scope.query;
  PnSearchKey key = { 0, -FIRST_ID };

  if (search->is_by_id)
    return key;
  if (search->is_urgent)
    key.time = -FIRST_ID;
  else if (search->sign < 0)
    key.time = query->before != 0 ? 1 - query->before : -FIRST_ID;
  else
    key.time = query->after;
  return key;
}

static gboolean
is_past_the_end (const Search *search, PnSearchKey key)
{
  const PnSearchQuery *query = search->scope.query;

  if (search->is_by_id || search->is_urgent)
    return FALSE;
  return search->sign < 0 ? query->after != 0 && -key.time < query->after
                          : query->before != 0 && key.time >= query->before;
}

/* A cursor names the last ticket of a page: "i1042", or "t" with the time of its last change before it. */
static char *
write_cursor (const Search *search, PnSearchKey key)
{
  return search->is_by_id ? g_strdup_printf ("i%" G_GINT64_FORMAT, search->sign * key.id)
                          : g_strdup_printf ("%c%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                                             search->is_urgent ? 'u' : 't', search->sign * key.time,
                                             search->sign * key.id);
}

static gboolean
read_cursor (const Search *search, const char *text, PnSearchKey *key, GError **error)
{
  gint64 numbers[2] = { 0, 0 };
  guint wanted = search->is_by_id ? 1 : 2;
  const char *c = text + 1;
  gboolean is_good = strlen (text) < 64
                     && *text
                            == (search->is_by_id    ? 'i'
                                : search->is_urgent ? 'u'
                                                    : 't');

  for (guint i = 0; is_good && i < wanted; i++) {
    char *end = NULL;

    is_good = g_ascii_isdigit (*c) || *c == '-';
    numbers[i] = g_ascii_strtoll (c, &end, 10);
    is_good = is_good && *end == (i + 1 < wanted ? '.' : '\0') && ABS (numbers[i]) <= FIRST_ID;
    c = *end != '\0' ? end + 1 : end;
  }
  if (!is_good) {
    pn_error_set (error, PN_ERROR_INVALID, "the cursor does not belong to this query");
    return FALSE;
  }
  key->time = search->is_by_id ? 0 : search->sign * numbers[0];
  key->id = search->sign * numbers[wanted - 1] + 1;
  return TRUE;
}

typedef struct {
  GArray *ids;  /* of gint64: what is wanted */
  GArray *keys; /* of PnSearchKey, of the same */
  PnSearchKey from;
  gboolean is_end; /* no more candidates */
} Page;

static void
page_clear (Page *page)
{
  g_clear_pointer (&page->ids, g_array_unref);
  g_clear_pointer (&page->keys, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

static gboolean
is_exhausted (const Search *search)
{
  return search->reads > READS_MAX || search->examined >= EXAMINED_MAX;
}

static gboolean
gather_batch (Search *search, Page *page, GArray *ids, GArray *keys, GError **error)
{
  while (ids->len < PN_SEARCH_BATCH && !page->is_end && search->reads <= READS_MAX) {
    PnSearchKey key = page->from;
    gboolean is_there = FALSE;
    gint64 id;

    if (!next_candidate (search, &key, &is_there, error))
      return FALSE;
    page->is_end = !is_there || is_past_the_end (search, key);
    page->from = key;
    if (page->is_end || search->reads > READS_MAX)
      return TRUE;
    page->from.id++;
    id = search->sign * key.id;
    if (id == search->scope.query->number)
      continue; /* it came first, without being looked for */
    g_array_append_val (ids, id);
    g_array_append_val (keys, key);
  }
  return TRUE;
}

static void
keep_wanted (Page *page, const GArray *candidates, const GArray *keys, const GArray *wanted)
{
  guint next = 0;

  for (guint i = 0; i < candidates->len && next < wanted->len; i++) {
    if (g_array_index (candidates, gint64, i) != g_array_index (wanted, gint64, next))
      continue;
    g_array_append_val (page->ids, g_array_index (candidates, gint64, i));
    g_array_append_val (page->keys, g_array_index (keys, PnSearchKey, i));
    next++;
  }
}

static gboolean
gather (Search *search, Page *page, guint limit, GError **error)
{
  while (page->ids->len <= limit && !page->is_end && !is_exhausted (search)) {
    g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (PnSearchKey));
    g_autoptr (GArray) wanted = NULL;

    if (!gather_batch (search, page, candidates, keys, error))
      return FALSE;
    search->examined += candidates->len;
    wanted = g_array_copy (candidates);
    if (!pn_search_page_filter (search->db, &search->scope, wanted, error))
      return FALSE;
    keep_wanted (page, candidates, keys, wanted);
  }
  return TRUE;
}

/* The cursor behind what is kept; NULL when nothing lies behind it. */
static char *
cut_page (const Search *search, Page *page, guint limit)
{
  PnSearchKey last = page->from;

  last.id--;
  if (page->ids->len <= limit)
    return page->is_end ? NULL : write_cursor (search, last);
  if (limit > 0)
    last = g_array_index (page->keys, PnSearchKey, limit - 1);
  else
    last.id = -FIRST_ID;
  g_array_set_size (page->ids, limit);
  return write_cursor (search, last);
}

static PnSearchResult *
make_page (Search *search, const PnSearchRequest *request, GError **error)
{
  g_auto (Page) page = { .ids = g_array_new (FALSE, FALSE, sizeof (gint64)),
                         .keys = g_array_new (FALSE, FALSE, sizeof (PnSearchKey)),
                         .from = first_key (search) };
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PnSearchResult) result = g_new0 (PnSearchResult, 1);

  result->hits = g_ptr_array_new ();
  if (request->after != NULL && !read_cursor (search, request->after, &page.from, error))
    return NULL;
  if (request->after == NULL && search->scope.query->number != 0) {
    g_array_append_val (ids, search->scope.query->number);
    if (!pn_search_page_filter (search->db, &search->scope, ids, error))
      return NULL;
  }
  if (!search->scope.query->is_nothing && !gather (search, &page, search->limit - ids->len, error))
    return NULL;
  if (!search->scope.query->is_nothing)
    result->next = cut_page (search, &page, search->limit - ids->len);
  if (page.ids->len > 0)
    g_array_append_vals (ids, page.ids->data, page.ids->len);
  g_ptr_array_unref (result->hits);
  result->hits = pn_search_page_load (search->db, ids, error);
  if (result->hits != NULL)
    return g_steal_pointer (&result);
  result->hits = g_ptr_array_new ();
  return NULL;
}

/* The number of a merged ticket finds the one that it is part of. */
static gboolean
resolve_number (PnDb *db, PnSearchQuery *query, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (query->number == 0 || pn_ticket_target (db, query->number, &query->number, &problem)
      || pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

PnSearchResult *
pn_search_tickets (PnDb *db, const PnAccess *access, const PnSearchRequest *request, GError **error)
{
  g_autoptr (PnSearchQuery) query = NULL;
  g_auto (Search) search = { .db = db,
                             .sign = request->is_oldest_first || request->is_urgent_first ? 1 : -1,
                             .is_urgent = request->is_urgent_first,
                             .groups = g_ptr_array_new_with_free_func (free_group) };

  if (request->limit > LIMIT_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "the limit %u is above %d", request->limit, LIMIT_MAX);
    return NULL;
  }
  query = pn_search_query_read (request->text, error);
  if (query == NULL || !resolve_number (db, query, error))
    return NULL;
  if (search.is_urgent)
    query->statuses &= (1u << PN_STATUS_SOLVED) - 1;
  search.scope.access = access;
  search.scope.query = query;
  search.scope.now = pn_clock_now ();
  search.limit = request->limit != 0 ? request->limit : LIMIT_DEFAULT;
  if (!pn_search_scope_resolve (db, &search.scope, error) || !add_groups (&search, error))
    return NULL;
  return make_page (&search, request, error);
}
