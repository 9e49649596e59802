/* /desk/manage/mood: the site's own words for angry and pleased letters, and those that everybody has. */
#include "gateway/web/handlers.h"

#include "gateway/web/language_name.h"
#include "ticketing/core/error.h"
#include "ticketing/rule_mood.h"

/* @typed: what was sent, by kind; NULL: what is stored. */
static void
show_page (PnCall *call, int status, const PnMood *mood, const char *const *typed,
           const char *problem)
{
  gsize n = 0;
  const PnMoodList *lists = pn_rule_mood_lists (&n);
  json_t *known = json_array ();
  json_t *document = json_object ();

  for (gsize i = 0; i < n; i++)
    json_array_append_new (known,
                           json_pack ("{s:s, s:s, s:s, s:s}", "language", lists[i].language, "name",
                                      pn_language_name (lists[i].language), "negative",
                                      lists[i].negative, "positive", lists[i].positive));
  for (guint i = 0; i < PN_MOOD_COUNT; i++)
    pn_json_set (document, pn_mood_name ((PnMoodKind) i),
                 pn_json_text (typed != NULL ? typed[i] : mood->words[i]));
  pn_json_set (document, "known", known);
  pn_json_set (document, "problem", pn_json_text (problem));
  pn_call_page (call, status, "desk-mood", json_pack ("{s:o}", "mood", document));
}

void
pn_desk_mood (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMood) mood = pn_mood_load (call->db, &error);

  if (mood != NULL)
    show_page (call, 200, mood, NULL, NULL);
  else
    pn_call_fail (call, error);
}

void
pn_desk_mood_save (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMood) mood = pn_mood_load (call->db, &error);
  const char *typed[PN_MOOD_COUNT];
  gboolean is_good = mood != NULL;

  for (guint i = 0; i < PN_MOOD_COUNT && is_good; i++) {
    typed[i] = pn_call_field (call, pn_mood_name ((PnMoodKind) i));
    if (typed[i] == NULL)
      typed[i] = mood->words[i];
  }
  for (guint i = 0; i < PN_MOOD_COUNT && is_good; i++)
    is_good = pn_mood_read (mood, (PnMoodKind) i, typed[i], &error);
  is_good = is_good && pn_mood_save (call->db, mood, &error);
  if (is_good)
    pn_call_done (call, "/desk/manage/mood", "saved", 200, json_object ());
  else if (mood != NULL && pn_error_is (error, PN_ERROR_INVALID) && !call->is_api)
    show_page (call, 400, mood, typed, error->message);
  else
    pn_call_fail (call, error);
}
