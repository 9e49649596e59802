#include "kb/stop_words.h"

#include <glib.h>
#include <string.h>

static const char *const english[] = {
  "a",      "about",  "after", "all",     "also",   "am",    "an",    "and",   "any",  "are",
  "as",     "at",     "be",    "because", "been",   "being", "but",   "by",    "can",  "could",
  "did",    "do",     "does",  "doing",   "dont",   "for",   "from",  "get",   "had",  "has",
  "have",   "having", "he",    "hello",   "her",    "here",  "hers",  "hi",    "him",  "his",
  "how",    "i",      "id",    "if",      "ill",    "im",    "in",    "into",  "is",   "isnt",
  "it",     "its",    "ive",   "just",    "me",     "more",  "my",    "need",  "no",   "not",
  "of",     "off",    "on",    "once",    "only",   "or",    "other", "our",   "out",  "own",
  "please", "s",      "same",  "she",     "should", "so",    "some",  "such",  "t",    "than",
  "thanks", "that",   "the",   "their",   "them",   "then",  "there", "these", "they", "this",
  "those",  "to",     "too",   "up",      "us",     "very",  "want",  "was",   "we",   "were",
  "what",   "when",   "where", "which",   "while",  "who",   "whom",  "why",   "will", "with",
  "would",  "you",    "your",  "yours",   NULL
};

static const char *const german[] = {
  "aber",   "alle",   "als",   "also",  "am",     "an",     "auch",   "auf",     "aus",   "bei",
  "bin",    "bis",    "bitte", "da",    "damit",  "danke",  "dann",   "das",     "dass",  "dem",
  "den",    "denn",   "der",   "des",   "die",    "dies",   "diese",  "dieser",  "doch",  "dort",
  "du",     "durch",  "ein",   "eine",  "einem",  "einen",  "einer",  "eines",   "er",    "es",
  "etwas",  "euch",   "fur",   "hab",   "habe",   "haben",  "hallo",  "hat",     "hatte", "hier",
  "hin",    "ich",    "ihm",   "ihn",   "ihnen",  "ihr",    "ihre",   "im",      "in",    "ins",
  "ist",    "ja",     "jetzt", "kann",  "kannst", "konnen", "man",    "mein",    "meine", "meinem",
  "meinen", "meiner", "mich",  "mir",   "mit",    "mochte", "muss",   "nach",    "nicht", "noch",
  "nun",    "nur",    "ob",    "oder",  "sehr",   "sein",   "seine",  "sich",    "sie",   "sind",
  "so",     "soll",   "uber",  "um",    "und",    "uns",    "unser",  "unter",   "vom",   "von",
  "vor",    "wann",   "war",   "warum", "was",    "weil",   "welche", "welcher", "wenn",  "wer",
  "werden", "wie",    "wieso", "will",  "wir",    "wird",   "wo",     "zu",      "zum",   "zur",
  NULL
};

static const char *const french[] = {
  "a",      "afin", "ai",   "alors",    "au",    "aux",   "avec",  "avez", "avoir",  "bonjour",
  "c",      "ce",   "cela", "ces",      "cet",   "cette", "ceux",  "chez", "comme",  "comment",
  "d",      "dans", "de",   "depuis",   "des",   "donc",  "du",    "elle", "elles",  "en",
  "encore", "est",  "et",   "etait",    "etes",  "etre",  "eu",    "eux",  "fait",   "fois",
  "il",     "ils",  "j",    "jai",      "je",    "l",     "la",    "le",   "les",    "leur",
  "leurs",  "lui",  "m",    "ma",       "mais",  "me",    "merci", "mes",  "moi",    "mon",
  "n",      "ne",   "nos",  "notre",    "nous",  "on",    "ou",    "par",  "pas",    "peut",
  "peux",   "plus", "pour", "pourquoi", "qu",    "quand", "que",   "quel", "quelle", "quelles",
  "quels",  "qui",  "quoi", "s",        "sa",    "sans",  "se",    "ses",  "si",     "son",
  "sont",   "suis", "sur",  "ta",       "te",    "tes",   "toi",   "ton",  "tous",   "tout",
  "tu",     "un",   "une",  "vos",      "votre", "vous",  "y",     NULL
};

static const char *const spanish[] = {
  "a",      "al",     "algo",  "alguna", "ante",   "antes",   "como",  "con", "cual",  "cuales",
  "cuando", "cuanto", "de",    "del",    "desde",  "donde",   "dos",   "e",   "el",    "ella",
  "ellas",  "ellos",  "en",    "entre",  "era",    "es",      "esa",   "ese", "eso",   "esta",
  "estan",  "este",   "esto",  "estos",  "fue",    "gracias", "ha",    "han", "hasta", "hay",
  "hola",   "la",     "las",   "le",     "les",    "lo",      "los",   "mas", "me",    "mi",
  "mis",    "mucho",  "muy",   "nada",   "ni",     "no",      "nos",   "o",   "os",    "otra",
  "otro",   "para",   "pero",  "por",    "porque", "puede",   "puedo", "que", "quien", "quiero",
  "se",     "ser",    "si",    "sin",    "sobre",  "son",     "soy",   "su",  "sus",   "tambien",
  "tan",    "te",     "tengo", "tiene",  "todo",   "tu",      "tus",   "un",  "una",   "uno",
  "y",      "ya",     "yo",    NULL
};

static const char *const portuguese[] = {
  "a",     "ao",     "aos",   "aquela",   "aquele", "as",     "ate",    "com",     "como",
  "da",    "das",    "de",    "dela",     "dele",   "deles",  "depois", "do",      "dos",
  "e",     "ela",    "elas",  "ele",      "eles",   "em",     "entre",  "era",     "essa",
  "esse",  "esta",   "estao", "este",     "eu",     "foi",    "ha",     "isso",    "isto",
  "ja",    "la",     "lhe",   "mais",     "mas",    "me",     "mesmo",  "meu",     "minha",
  "muito", "na",     "nao",   "nas",      "nem",    "no",     "nos",    "nossa",   "nosso",
  "num",   "numa",   "o",     "obrigado", "ola",    "onde",   "os",     "ou",      "para",
  "pela",  "pelo",   "pode",  "podem",    "por",    "porque", "posso",  "preciso", "quais",
  "qual",  "quando", "que",   "quem",     "quero",  "sao",    "se",     "sem",     "ser",
  "seu",   "seus",   "so",    "sua",      "suas",   "tambem", "te",     "tem",     "tenho",
  "ter",   "teu",    "tu",    "tua",      "um",     "uma",    "voce",   NULL
};

static const char *const italian[] = {
  "a",      "ad",     "ai",    "al",    "alla",  "alle",  "anche",  "che",    "chi",    "ci",
  "ciao",   "come",   "con",   "cosa",  "cui",   "da",    "dal",    "dalla",  "dei",    "del",
  "della",  "delle",  "di",    "dove",  "e",     "ed",    "era",    "essere", "fa",     "gli",
  "grazie", "ha",     "hai",   "hanno", "ho",    "i",     "il",     "in",     "io",     "la",
  "le",     "lei",    "li",    "lo",    "loro",  "lui",   "ma",     "mi",     "mia",    "mio",
  "molto",  "ne",     "nei",   "nel",   "nella", "no",    "noi",    "non",    "o",      "per",
  "perche", "piu",    "posso", "puo",   "qual",  "quale", "quando", "quanto", "quella", "quello",
  "questa", "questo", "se",    "sei",   "si",    "sia",   "sono",   "su",     "sua",    "sul",
  "sulla",  "suo",    "ti",    "tra",   "tu",    "tuo",   "un",     "una",    "uno",    "vi",
  "voi",    "vorrei", NULL
};

static const char *const dutch[] = {
  "aan",    "al",   "als", "bij",  "dan",   "dat",   "de",    "deze", "die",    "dit",     "doe",
  "door",   "een",  "en",  "er",   "ge",    "had",   "hallo", "heb",  "hebben", "heeft",   "het",
  "hier",   "hij",  "hoe", "hun",  "ik",    "in",    "is",    "ja",   "je",     "jij",     "kan",
  "kunnen", "maar", "me",  "meer", "met",   "mij",   "mijn",  "moet", "na",     "naar",    "niet",
  "nog",    "nu",   "of",  "om",   "omdat", "onder", "ons",   "ook",  "op",     "over",    "te",
  "tot",    "u",    "uit", "uw",   "van",   "veel",  "voor",  "waar", "waarom", "wanneer", "want",
  "waren",  "was",  "wat", "we",   "wel",   "welke", "werd",  "wie",  "wij",    "wil",     "worden",
  "ze",     "zich", "zij", "zijn", "zo",    "zou",   NULL
};

static const struct {
  const char *code;
  const char *const *words;
} lists[] = {
  { "en", english },    { "de", german },  { "fr", french }, { "es", spanish },
  { "pt", portuguese }, { "it", italian }, { "nl", dutch },
};

const char *const *
pn_stop_words (const char *language)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (g_ascii_strncasecmp (language, lists[i].code, 2) == 0
        && strchr ("-_", language[2]) != NULL) /* finds the final NUL too */
      return lists[i].words;
  }
  return NULL;
}
