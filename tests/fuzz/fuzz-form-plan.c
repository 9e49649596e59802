#include "tests/fuzz/target.h"

#include "ticketing/form_answer.h"

/* Every field gets the same text, whatever it is. */
static const char *
post_everything (const char *name, gconstpointer data)
{
  return data;
}

static void
try_answers (const PnFormPlan *plan, const char *text)
{
  g_autoptr (PnFormReading) reading = pn_form_reading_new (plan, post_everything, text);
  g_autofree char *lines = pn_form_answers_text (reading->answers);

  g_assert_true (g_utf8_validate (lines, -1, NULL));
}

/* A plan, a line break, then what is typed. What was read can be written, and read again to the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *raw = g_strndup ((const char *) data, size);
  g_autofree char *text = g_utf8_make_valid (raw, -1);
  g_auto (GStrv) parts = g_strsplit (text, "\n", 2);
  json_t *document = parts[0] != NULL ? json_loads (parts[0], 0, NULL) : NULL;
  g_autoptr (PnFormPlan) plan = pn_form_plan_read (document, NULL);

  json_decref (document);
  if (plan != NULL) {
    json_t *written = pn_form_plan_write (plan);
    g_autoptr (PnFormPlan) again = pn_form_plan_read (written, NULL);
    json_t *twice = again != NULL ? pn_form_plan_write (again) : NULL;

    if (twice == NULL || !json_equal (written, twice))
      g_error ("the plan is not the same again");
    json_decref (written);
    json_decref (twice);
    try_answers (plan, parts[1] != NULL ? parts[1] : "");
  }
  return 0;
}
