#include "ticketing/core/db_where.h"

#include <string.h>

struct PnWhere {
  const char *select;
  GString *conditions;
  GString *tail;
  GArray *values; /* of PnValue: the conditions', then the tail's */
  GString *text;
};

PnWhere *
pn_where_new (const char *select)
{
  PnWhere *where = g_new0 (PnWhere, 1);

  where->select = select;
  where->conditions = g_string_new (NULL);
  where->tail = g_string_new (NULL);
  where->values = g_array_new (FALSE, FALSE, sizeof (PnValue));
  where->text = g_string_new (NULL);
  return where;
}

void
pn_where_free (PnWhere *where)
{
  if (where == NULL)
    return;
  g_string_free (where->conditions, TRUE);
  g_string_free (where->tail, TRUE);
  g_array_unref (where->values);
  g_string_free (where->text, TRUE);
  g_free (where);
}

static gsize
count_marks (const char *text)
{
  gsize marks = 0;

  for (; *text != '\0'; text++)
    marks += *text == '?';
  return marks;
}

static GString *
next_condition (PnWhere *where)
{
  g_string_append (where->conditions, where->conditions->len == 0 ? " WHERE (" : " AND (");
  return where->conditions;
}

void
pn_where_add (PnWhere *where, const char *condition, const PnValue *args, gsize n_args)
{
  g_return_if_fail (count_marks (condition) == n_args);
  g_return_if_fail (where->tail->len == 0);
  g_string_append (next_condition (where), condition);
  g_string_append_c (where->conditions, ')');
  if (n_args > 0)
    g_array_append_vals (where->values, args, (guint) n_args);
}

void
pn_where_add_ids (PnWhere *where, const char *column, const gint64 *ids, gsize n_ids)
{
  g_return_if_fail (where->tail->len == 0);
  if (n_ids == 0) {
    pn_where_add (where, "1 = 0", PN_NO_ARGS);
    return;
  }
  g_string_append (next_condition (where), column);
  for (gsize i = 0; i < n_ids; i++) {
    PnValue id = pn_int (ids[i]);

    g_string_append (where->conditions, i == 0 ? " IN (?" : ", ?");
    g_array_append_val (where->values, id);
  }
  g_string_append (where->conditions, "))");
}

void
pn_where_page (PnWhere *where, const PnOrder *order, const PnValue *after_key, gint64 after_id,
               gint64 limit)
{
  const char *sign = order->is_descending ? "<" : ">";
  const char *direction = order->is_descending ? "DESC" : "ASC";
  PnValue limit_value = pn_int (limit);

  g_return_if_fail (where->tail->len == 0);
  if (after_key != NULL) {
    PnValue after[] = { *after_key, *after_key, pn_int (after_id) };

    /* The first part lets an index on the key find the start. */
    g_string_append_printf (next_condition (where), "%s %s= ? AND (%s %s ? OR %s %s ?))",
                            order->key, sign, order->key, sign, order->id, sign);
    g_array_append_vals (where->values, after, G_N_ELEMENTS (after));
  }
  g_string_append_printf (where->tail, " ORDER BY %s %s, %s %s LIMIT ?", order->key, direction,
                          order->id, direction);
  g_array_append_val (where->values, limit_value);
}

const char *
pn_where_text (PnWhere *where, gsize *n_values)
{
  g_string_assign (where->text, where->select);
  g_string_append (where->text, where->conditions->str);
  g_string_append (where->text, where->tail->str);
  if (n_values != NULL)
    *n_values = where->values->len;
  return where->text->str;
}

PnRows *
pn_where_query (PnWhere *where, PnDb *db, GError **error)
{
  gsize n = 0;
  const char *text = pn_where_text (where, &n);

  return pn_db_query_built (db, text, (const PnValue *) (void *) where->values->data, n, error);
}
