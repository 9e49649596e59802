#include <string.h>

#include "gateway/web/show.h"
#include "ticketing/form.h"
#include "ticketing/form_answer.h"

static json_t *
show_answer (const json_t *answer)
{
  const json_t *value = json_object_get (answer, "value");
  g_autofree char *text = pn_form_value_text (value);
  json_t *shown = json_copy ((json_t *) answer);

  pn_json_set (shown, "shown", pn_json_text (text));
  pn_json_set (shown, "is_true", json_boolean (json_is_true (value)));
  return shown;
}

/* The text repeats the answers for searches and mail; where they stand as a table that is not shown again. */
static void
add_answers (json_t *message, const json_t *form)
{
  const json_t *answers = json_object_get (form, "answers");
  json_t *shown = json_copy ((json_t *) form);
  json_t *list = json_array ();

  for (gsize i = 0; i < json_array_size (answers); i++)
    json_array_append_new (list, show_answer (json_array_get (answers, i)));
  pn_json_set (shown, "answers", list);
  pn_json_set (message, "form", shown);
}

static gboolean
has_form (const json_t *messages)
{
  for (gsize i = 0; i < json_array_size (messages); i++) {
    if (g_strcmp0 (pn_json_get_text (json_array_get (messages, i), "channel"), "form") == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_show_forms (PnCall *call, gint64 ticket_id, json_t *messages, GError **error)
{
  g_autoptr (GHashTable) forms = NULL;

  if (!has_form (messages))
    return TRUE;
  forms = pn_form_answer_list (call->db, ticket_id, error);
  if (forms == NULL)
    return FALSE;
  for (gsize i = 0; i < json_array_size (messages); i++) {
    json_t *message = json_array_get (messages, i);
    gint64 id = json_integer_value (json_object_get (message, "id"));
    const json_t *form = g_hash_table_lookup (forms, &id);
    const gboolean has_answers = json_array_size (json_object_get (form, "answers")) > 0;

    if (has_answers)
      add_answers (message, form);
    if (has_answers && !call->is_api)
      pn_json_set (message, "has_quote", json_false ());
  }
  return TRUE;
}
