#include "ticketing/rule_mood.h"

static const PnMoodList lists[] = {
  { "en",
    "angry anger annoy* appalling awful broken cheat* complain* complaint* damn "
    "disappoint* disaster* disgrace* disgust* dreadful fed fraud* frustrat* furious hate horrible "
    "incompetent insult* lawyer* lie lies nightmare outrage* pathetic ridiculous rude rubbish scam* "
    "shame* shocking terrible threat* unacceptable unhappy unprofessional useless wasted worse worst",
    "amazing appreciate* awesome brilliant delight* excellent fantastic glad good grateful great "
    "happy helpful kind lovely nice perfect pleased recommend* superb thank* wonderful",
    "not no never hardly dont isnt wasnt without" },
  { "de",
    "abzocke anwalt arger argerlich beschwer* betrug* dreist emport* enttausch* fassungslos "
    "frechheit frust* furchtbar grauenhaft inakzeptabel inkompetent katastroph* kundig* lacherlich mangelhaft "
    "miserabel nervt peinlich rechtsanwalt saftladen sauer schlamperei schlecht* schlimm* schrecklich unfahig* "
    "unfassbar ungeheuerlich unmoglich unverschamt* unzufrieden unzumutbar verarsch* verargert wut* zumutung",
    "ausgezeichnet begeistert bestens danke* dankbar empfehl* erfreut freu* freundlich grossartig "
    "gut* hervorragend hilfreich klasse lob perfekt prima spitze super toll* wunderbar zufrieden",
    "nicht kein keine keinen keiner nie niemals ohne kaum" },
  { "fr",
    "avocat colere catastroph* decevant* decu* deplorable desastre* enerv* escroquerie fache* furieu* "
    "honte honteux inacceptable inadmissible incompeten* insatisf* insupportable lamentable mauvais* mecontent* "
    "nul nulle pire plainte ridicule scandal* scandaleux tromp*",
    "agreable aimable bien bon bonne content* excellent* formidable genial* heureu* merci parfait* "
    "ravi* recommand* remerci* satisfait* super sympathique",
    "pas jamais plus sans aucun aucune" },
  { "es",
    "abogado asco cancelar decepcion* denunci* desastre enfad* engan* enojad* estafa* fatal fraude "
    "frustrad* furios* harto horrible incompetent* indignad* inaceptable insatisfech* lamentable malo mala mal "
    "peor pesimo queja* reclam* ridiculo terrible verguenza vergonzoso",
    "agradable agradec* amable bien bueno buena contento encantad* excelente fantastico feliz genial "
    "gracias maravill* perfecto recomiend* satisfech* util",
    "no nunca sin ningun ninguna jamas" },
};

const PnMoodList *
pn_rule_mood_lists (gsize *n_lists)
{
  *n_lists = G_N_ELEMENTS (lists);
  return lists;
}

static gboolean
is_own (const PnMood *own, const char *word)
{
  for (guint i = 0; own != NULL && i < PN_MOOD_COUNT; i++) {
    if (pn_mood_has (own->words[i], word))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_negated (const GPtrArray *words, guint at, const char *negations)
{
  return at > 0 && pn_mood_has (negations, ((const PnFactWord *) words->pdata[at - 1])->folded);
}

/* Negated in whichever language is asked for. */
static gboolean
is_negated_anyhow (const GPtrArray *words, guint at, const char *language)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if ((language == NULL || g_ascii_strncasecmp (language, lists[i].language, 2) == 0)
        && is_negated (words, at, lists[i].negations))
      return TRUE;
  }
  return FALSE;
}

static int
score_own (const GPtrArray *words, const char *language, const PnMood *own)
{
  int sum = 0;

  for (guint i = 0; own != NULL && i < words->len; i++) {
    const PnFactWord *word = words->pdata[i];

    if (!is_own (own, word->folded) || is_negated_anyhow (words, i, language))
      continue;
    if (pn_mood_has (own->words[PN_MOOD_NEGATIVE], word->folded))
      sum--;
    else if (pn_mood_has (own->words[PN_MOOD_POSITIVE], word->folded))
      sum++;
  }
  return sum;
}

static int
score (const GPtrArray *words, const PnMoodList *known, const PnMood *own)
{
  int sum = 0;

  for (guint i = 0; i < words->len; i++) {
    const PnFactWord *word = words->pdata[i];

    if (is_own (own, word->folded) || is_negated (words, i, known->negations))
      continue;
    if (pn_mood_has (known->negative, word->folded))
      sum--;
    else if (pn_mood_has (known->positive, word->folded))
      sum++;
  }
  return sum;
}

const char *
pn_rule_mood (const GPtrArray *words, const char *language, const PnMood *own)
{
  int sum = score_own (words, language, own);

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (language == NULL || g_ascii_strncasecmp (language, lists[i].language, 2) == 0)
      sum += score (words, &lists[i], own);
  }
  if (sum == 0)
    return "neutral";
  return sum < 0 ? "negative" : "positive";
}
