#include "tests/fuzz/target.h"

#include "ticketing/core/json.h"
#include "ticketing/ladder.h"

/* A step that somebody imports: what is read has words, can be written, and reads the same again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (json_t) document = json_loadb ((const char *) data, size, 0, NULL);
  g_autoptr (PnLadderStep) step = NULL;
  g_autoptr (PnLadderStep) again = NULL;
  g_autoptr (json_t) written = NULL;
  g_autoptr (json_t) rewritten = NULL;
  g_autofree char *words = NULL;

  if (document == NULL)
    return 0;
  step = pn_ladder_step_read (document, NULL);
  if (step == NULL)
    return 0;
  words = pn_ladder_step_words (step);
  g_assert (*words != '\0');
  written = pn_ladder_step_write (step);
  again = pn_ladder_step_read (written, NULL);
  g_assert (again != NULL);
  g_assert (pn_ladder_step_acts (again) == pn_ladder_step_acts (step));
  rewritten = pn_ladder_step_write (again);
  g_assert (json_equal (written, rewritten));
  return 0;
}
