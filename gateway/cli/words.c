#include "gateway/cli/words.h"

#include "templates/sentence.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"

char *
pn_words_write (PnTemplates *templates, const json_t *reason)
{
  const PnRenderOptions options = { .mode = PN_RENDER_TEXT, .now = pn_clock_now () };
  char *sentence = templates != NULL ? pn_sentence_write (templates, reason, &options)
                                     : g_strdup (pn_json_get_text (reason, "code"));

  return sentence != NULL ? sentence : g_strdup ("");
}

char *
pn_cli_sentence (PnCli *cli, const char *stored)
{
  g_autoptr (json_t) reason = pn_reason_read (stored);

  return pn_words_write (pn_cli_templates (cli), reason);
}

json_t *
pn_cli_sentences (PnCli *cli, const json_t *reasons)
{
  json_t *list = json_array ();
  const json_t *item;
  gsize i;

  json_array_foreach (reasons, i, item)
  {
    g_autoptr (json_t) reason = pn_reason_read_item (item);
    g_autofree char *sentence = pn_words_write (pn_cli_templates (cli), reason);

    json_array_append_new (list, pn_json_text (sentence));
  }
  return list;
}
