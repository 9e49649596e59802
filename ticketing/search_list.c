#include "ticketing/search_list.h"

#include <string.h>

#define FIRST_CHUNK 64
#define JUMP_CHUNK 16 /* after a jump: the next one may be near */
#define LAST_CHUNK 512

typedef enum { TERM, TAG, KEYS, RUN } Kind;

struct PnSearchList {
  Kind kind;
  int sign;
  char *text; /* the term or tag */
  PnRunKind run;
  gint64 owner;
  PnStatus status;
  GArray *chunk;     /* of PnSearchKey, ascending */
  guint next;        /* in chunk */
  guint size;        /* of the last chunk that was asked for */
  gboolean is_whole; /* nothing lies behind the chunk */
};

#define ID_NEWEST " AND ticket_id <= ? ORDER BY ticket_id DESC LIMIT ?"
#define ID_OLDEST " AND ticket_id >= ? ORDER BY ticket_id LIMIT ?"

static const char term_newest_sql[] = "SELECT ticket_id FROM search_term WHERE term = ?" ID_NEWEST;
static const char term_oldest_sql[] = "SELECT ticket_id FROM search_term WHERE term = ?" ID_OLDEST;
static const char tag_newest_sql[] =
    "SELECT ticket_id FROM ticket_tag FORCE INDEX (tag_ticket) WHERE tag = ?" ID_NEWEST;
static const char tag_oldest_sql[] =
    "SELECT ticket_id FROM ticket_tag FORCE INDEX (tag_ticket) WHERE tag = ?" ID_OLDEST;

#define NEWEST                                                                                     \
  "updated_at <= ? AND (updated_at < ? OR id <= ?) ORDER BY updated_at DESC, id DESC LIMIT ?"
#define OLDEST "updated_at >= ? AND (updated_at > ? OR id >= ?) ORDER BY updated_at, id LIMIT ?"

static const char all_newest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_updated) WHERE " NEWEST;
static const char all_oldest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_updated) WHERE " OLDEST;
static const char status_newest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_status) WHERE status = ? AND " NEWEST;
static const char status_oldest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_status) WHERE status = ? AND " OLDEST;
static const char queue_newest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_queue)"
    " WHERE queue_id = ? AND status = ? AND " NEWEST;
static const char queue_oldest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_queue)"
    " WHERE queue_id = ? AND status = ? AND " OLDEST;
static const char assignee_newest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_assignee)"
    " WHERE assignee_id <=> ? AND status = ? AND " NEWEST;
static const char assignee_oldest_sql[] =
    "SELECT id, updated_at FROM ticket FORCE INDEX (ticket_assignee)"
    " WHERE assignee_id <=> ? AND status = ? AND " OLDEST;

#define URGENT "urgency_at >= ? AND (urgency_at > ? OR id >= ?) ORDER BY urgency_at, id LIMIT ?"

static const char urgent_status_sql[] =
    "SELECT id, urgency_at FROM ticket FORCE INDEX (ticket_urgency) WHERE status = ? AND " URGENT;
static const char urgent_queue_sql[] =
    "SELECT id, urgency_at FROM ticket FORCE INDEX (ticket_queue_urgency)"
    " WHERE queue_id = ? AND status = ? AND " URGENT;
static const char urgent_assignee_sql[] =
    "SELECT id, urgency_at FROM ticket FORCE INDEX (ticket_assignee_urgency)"
    " WHERE assignee_id <=> ? AND status = ? AND " URGENT;

static const struct {
  const char *newest; /* NULL: there is one order */
  const char *oldest;
} run_sqls[] = {
  [PN_RUN_ALL] = { all_newest_sql, all_oldest_sql },
  [PN_RUN_STATUS] = { status_newest_sql, status_oldest_sql },
  [PN_RUN_QUEUE] = { queue_newest_sql, queue_oldest_sql },
  [PN_RUN_ASSIGNEE] = { assignee_newest_sql, assignee_oldest_sql },
  [PN_RUN_URGENT_STATUS] = { NULL, urgent_status_sql },
  [PN_RUN_URGENT_QUEUE] = { NULL, urgent_queue_sql },
  [PN_RUN_URGENT_ASSIGNEE] = { NULL, urgent_assignee_sql },
};

/* The index has a row for each ticket of a word; this reads one of them. */
static const char next_term_sql[] = "SELECT term FROM search_term FORCE INDEX (PRIMARY)"
                                    " WHERE term >= ? AND term < ?"
                                    " ORDER BY term"
                                    " LIMIT 1";

int
pn_search_key_compare (PnSearchKey a, PnSearchKey b)
{
  if (a.time != b.time)
    return a.time < b.time ? -1 : 1;
  return (a.id > b.id) - (a.id < b.id);
}

static PnSearchList *
list_new (Kind kind, int sign)
{
  PnSearchList *list = g_new0 (PnSearchList, 1);

  list->kind = kind;
  list->sign = sign;
  list->chunk = g_array_new (FALSE, FALSE, sizeof (PnSearchKey));
  return list;
}

void
pn_search_list_free (PnSearchList *list)
{
  if (list == NULL)
    return;
  g_free (list->text);
  g_array_unref (list->chunk);
  g_free (list);
}

PnSearchList *
pn_search_list_term (const char *term, int sign)
{
  PnSearchList *list = list_new (TERM, sign);

  list->text = g_strdup (term);
  return list;
}

PnSearchList *
pn_search_list_tag (const char *tag, int sign)
{
  PnSearchList *list = list_new (TAG, sign);

  list->text = g_strdup (tag);
  return list;
}

static int
by_key (gconstpointer a, gconstpointer b)
{
  return pn_search_key_compare (*(const PnSearchKey *) a, *(const PnSearchKey *) b);
}

PnSearchList *
pn_search_list_keys (const GArray *keys)
{
  PnSearchList *list = list_new (KEYS, 1);

  if (keys->len > 0)
    g_array_append_vals (list->chunk, keys->data, keys->len);
  g_array_sort (list->chunk, by_key);
  list->is_whole = TRUE;
  return list;
}

PnSearchList *
pn_search_list_run (PnRunKind kind, gint64 owner, PnStatus status, int sign)
{
  PnSearchList *list = list_new (RUN, sign);

  list->run = kind;
  list->owner = owner;
  list->status = status;
  return list;
}

static PnRows *
query_ids (const PnSearchList *list, PnDb *db, PnSearchKey from, gint64 limit, GError **error)
{
  const char *newest = list->kind == TERM ? term_newest_sql : tag_newest_sql;
  const char *oldest = list->kind == TERM ? term_oldest_sql : tag_oldest_sql;
  const PnValue text =
      list->kind == TERM ? pn_bytes (list->text, strlen (list->text)) : pn_text (list->text);

  return pn_db_query (db, list->sign < 0 ? newest : oldest,
                      PN_ARGS (text, pn_int (list->sign * from.id), pn_int (limit)), error);
}

static PnRows *
query_run (const PnSearchList *list, PnDb *db, PnSearchKey from, gint64 limit, GError **error)
{
  const char *sql = list->sign < 0 ? run_sqls[list->run].newest : run_sqls[list->run].oldest;
  const PnValue time = pn_int (list->sign * from.time);
  PnValue args[6];
  gsize n = 0;

  if (list->run == PN_RUN_QUEUE || list->run == PN_RUN_URGENT_QUEUE)
    args[n++] = pn_int (list->owner);
  if (list->run == PN_RUN_ASSIGNEE || list->run == PN_RUN_URGENT_ASSIGNEE)
    args[n++] = pn_int_or_null (list->owner);
  if (list->run != PN_RUN_ALL)
    args[n++] = pn_int (list->status);
  args[n++] = time;
  args[n++] = time;
  args[n++] = pn_int (list->sign * from.id);
  args[n++] = pn_int (limit);
  return pn_db_query (db, sql, args, n, error);
}

/* A list that is read through is read in larger and larger chunks. */
static guint
chunk_size (const PnSearchList *list, PnSearchKey from)
{
  PnSearchKey last;

  if (list->chunk->len == 0)
    return FIRST_CHUNK;
  last = g_array_index (list->chunk, PnSearchKey, list->chunk->len - 1);
  return from.time == last.time && from.id == last.id + 1 ? MIN (list->size * 2, LAST_CHUNK)
                                                          : JUMP_CHUNK;
}

static gboolean
read_chunk (PnSearchList *list, PnDb *db, PnSearchKey from, GError **error)
{
  gint64 limit = chunk_size (list, from);
  g_autoptr (PnRows) rows = list->kind == RUN ? query_run (list, db, from, limit, error)
                                              : query_ids (list, db, from, limit, error);

  if (rows == NULL)
    return FALSE;
  g_array_set_size (list->chunk, 0);
  list->next = 0;
  list->size = (guint) limit;
  while (pn_rows_next (rows)) {
    PnSearchKey key = { list->kind == RUN ? list->sign * pn_rows_int (rows, 1) : 0,
                        list->sign * pn_rows_int (rows, 0) };

    g_array_append_val (list->chunk, key);
  }
  list->is_whole = list->chunk->len < limit;
  return TRUE;
}

static gboolean
find_in_chunk (PnSearchList *list, PnSearchKey from, PnSearchKey *key)
{
  while (list->next < list->chunk->len
         && pn_search_key_compare (g_array_index (list->chunk, PnSearchKey, list->next), from) < 0)
    list->next++;
  if (list->next == list->chunk->len)
    return FALSE;
  *key = g_array_index (list->chunk, PnSearchKey, list->next);
  return TRUE;
}

/* Callers only go forward, so what lies before @from is never asked for again. */
gboolean
pn_search_list_seek (PnSearchList *list, PnDb *db, PnSearchKey from, PnSearchKey *key,
                     gboolean *is_there, guint *reads, GError **error)
{
  *is_there = find_in_chunk (list, from, key);
  if (*is_there || list->is_whole)
    return TRUE;
  *reads += 1;
  if (!read_chunk (list, db, from, error))
    return FALSE;
  *is_there = find_in_chunk (list, from, key);
  return TRUE;
}

/* From word to word: asked for all at once, the server may read every row of each. */
GPtrArray *
pn_search_list_expand (PnDb *db, const char *prefix, guint limit, GError **error)
{
  const gsize size = strlen (prefix);
  g_autofree char *end = g_strdup_printf ("%s\xff", prefix);
  g_autoptr (GString) from = g_string_new (prefix);
  g_autoptr (GPtrArray) terms = g_ptr_array_new_with_free_func (g_free);

  while (terms->len < limit) {
    g_autoptr (PnRows) rows =
        pn_db_query (db, next_term_sql,
                     PN_ARGS (pn_bytes (from->str, from->len), pn_bytes (end, size + 1)), error);
    gsize length = 0;
    const char *term;

    if (rows == NULL)
      return NULL;
    if (!pn_rows_next (rows))
      break;
    term = pn_rows_bytes (rows, 0, &length);
    g_ptr_array_add (terms, g_strndup (term, length));
    g_string_truncate (from, 0);
    g_string_append_len (from, term, (gssize) length);
    g_string_append_c (from, '\0'); /* the first word behind it */
  }
  return g_steal_pointer (&terms);
}
