#include "ticketing/rule_mood.h"

#include <string.h>

/* Folded, blanks between; beginnings end with "*". */
typedef struct {
  const char *language;
  const char *negative;
  const char *positive;
  const char *negations;
} Lists;

static const Lists lists[] = {
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

static gboolean
is_listed (const char *list, const char *word)
{
  const gsize size = strlen (word);

  for (const char *at = list; *at != '\0';) {
    const gsize length = strcspn (at, " ");
    const gboolean is_beginning = at[length - 1] == '*';
    const gsize compared = is_beginning ? length - 1 : length;

    if ((is_beginning ? size >= compared : size == compared) && strncmp (at, word, compared) == 0)
      return TRUE;
    at += length;
    at += strspn (at, " ");
  }
  return FALSE;
}

static int
score (const GPtrArray *words, const Lists *known)
{
  int sum = 0;

  for (guint i = 0; i < words->len; i++) {
    const PnFactWord *word = words->pdata[i];
    const PnFactWord *before = i > 0 ? words->pdata[i - 1] : NULL;

    if (before != NULL && is_listed (known->negations, before->folded))
      continue;
    if (is_listed (known->negative, word->folded))
      sum--;
    else if (is_listed (known->positive, word->folded))
      sum++;
  }
  return sum;
}

const char *
pn_rule_mood (const GPtrArray *words, const char *language)
{
  int sum = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (language == NULL || g_ascii_strncasecmp (language, lists[i].language, 2) == 0)
      sum += score (words, &lists[i]);
  }
  if (sum == 0)
    return "neutral";
  return sum < 0 ? "negative" : "positive";
}
