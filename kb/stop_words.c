#include "kb/stop_words.h"

#include <stdlib.h>
#include <string.h>

static const char *const english[] = {
  "a",          "about",   "after", "all",      "also",      "am",    "an",     "and",    "any",
  "are",        "as",      "at",    "be",       "because",   "been",  "being",  "but",    "by",
  "can",        "could",   "did",   "do",       "does",      "doing", "dont",   "for",    "from",
  "get",        "had",     "has",   "have",     "having",    "he",    "hello",  "her",    "here",
  "hers",       "herself", "hi",    "him",      "himself",   "his",   "how",    "i",      "id",
  "if",         "ill",     "im",    "in",       "into",      "is",    "isnt",   "it",     "its",
  "itself",     "ive",     "just",  "me",       "more",      "my",    "myself", "need",   "no",
  "not",        "of",      "off",   "on",       "once",      "only",  "or",     "other",  "our",
  "ourselves",  "out",     "own",   "please",   "s",         "same",  "she",    "should", "so",
  "some",       "such",    "t",     "than",     "thanks",    "that",  "the",    "their",  "them",
  "themselves", "then",    "there", "these",    "they",      "this",  "those",  "to",     "too",
  "up",         "us",      "very",  "want",     "was",       "we",    "were",   "what",   "when",
  "where",      "which",   "while", "who",      "whom",      "why",   "will",   "with",   "would",
  "you",        "your",    "yours", "yourself", "yourselves"
};

static const char *const german[] = {
  "ab",       "aber",    "ach",     "alle",    "allem",     "allen",    "aller",      "alles",
  "als",      "also",    "am",      "an",      "andere",    "anderen",  "ans",        "anstatt",
  "auch",     "auf",     "aus",     "ausser",  "ausserdem", "bei",      "beide",      "beiden",
  "beim",     "bereits", "bin",     "bis",     "bitte",     "brauche",  "bzw",        "da",
  "dabei",    "dadurch", "dafur",   "dagegen", "daher",     "dahin",    "damit",      "danke",
  "dann",     "daran",   "darauf",  "daraus",  "darf",      "darfst",   "darin",      "daruber",
  "darum",    "das",     "dass",    "davon",   "dazu",      "dein",     "deine",      "deinem",
  "deinen",   "deiner",  "dem",     "den",     "denen",     "denn",     "der",        "deren",
  "derer",    "des",     "deshalb", "dessen",  "dich",      "die",      "dies",       "diese",
  "dieselbe", "diesem",  "diesen",  "dieser",  "dieses",    "dir",      "doch",       "dort",
  "dran",     "drauf",   "du",      "durch",   "durfen",    "eben",     "eigentlich", "ein",
  "eine",     "einem",   "einen",   "einer",   "eines",     "einige",   "einigen",    "einiges",
  "einmal",   "er",      "es",      "etwas",   "euch",      "euer",     "eure",       "eurem",
  "euren",    "eurer",   "falls",   "fur",     "ganz",      "gar",      "gegen",      "geht",
  "gern",     "gerne",   "gibt",    "ging",    "hab",       "habe",     "haben",      "habt",
  "hallo",    "hast",    "hat",     "hatte",   "hatten",    "her",      "hi",         "hier",
  "hin",      "ich",     "ihm",     "ihn",     "ihnen",     "ihr",      "ihre",       "ihrem",
  "ihren",    "ihrer",   "ihres",   "im",      "in",        "ins",      "irgendwie",  "ist",
  "ja",       "jede",    "jedem",   "jeden",   "jeder",     "jedes",    "jedoch",     "jemand",
  "jetzt",    "kann",    "kannst",  "kein",    "keine",     "keinem",   "keinen",     "keiner",
  "konnen",   "konnt",   "konnte",  "konnten", "lasse",     "lassen",   "leider",     "mal",
  "man",      "mehr",    "mein",    "meine",   "meinem",    "meinen",   "meiner",     "meines",
  "mich",     "mir",     "mit",     "mochte",  "muss",      "mussen",   "musste",     "nach",
  "nachdem",  "namlich", "ne",      "nicht",   "nichts",    "nix",      "noch",       "nun",
  "nur",      "ob",      "oder",    "ohne",    "schon",     "sehr",     "sei",        "seid",
  "sein",     "seine",   "seinem",  "seinen",  "seiner",    "seines",   "seit",       "selbst",
  "sich",     "sie",     "sind",    "so",      "solche",    "solchen",  "soll",       "sollen",
  "sollte",   "sollten", "sondern", "sonst",   "statt",     "trotzdem", "uber",       "ubers",
  "um",       "und",     "uns",     "unser",   "unsere",    "unserem",  "unseren",    "unserer",
  "unter",    "usw",     "viel",    "viele",   "vielen",    "vom",      "von",        "vor",
  "wahrend",  "wann",    "war",     "ware",    "waren",     "warst",    "warum",      "was",
  "weder",    "wegen",   "weil",    "weiter",  "weitere",   "welche",   "welchem",    "welchen",
  "welcher",  "welches", "wem",     "wen",     "wenig",     "wenn",     "wer",        "werde",
  "werden",   "wessen",  "wie",     "wieder",  "wieso",     "wieviel",  "wieviele",   "will",
  "wir",      "wird",    "wo",      "wofur",   "woher",     "wohin",    "wollen",     "wollte",
  "womit",    "woran",   "worauf",  "worden",  "wurde",     "wurden",   "zu",         "zum",
  "zur",      "zwar",    "zwischen"
};

static const char *const french[] = {
  "a",        "afin",       "ai",       "alors",    "au",        "aucun",      "aucune",
  "auquel",   "aussi",      "autre",    "autres",   "aux",       "auxquelles", "avais",
  "avait",    "avant",      "avec",     "avez",     "avoir",     "avons",      "ayant",
  "bien",     "bonjour",    "c",        "car",      "cas",       "ce",         "cela",
  "celle",    "celles",     "celui",    "cent",     "cependant", "certain",    "ces",
  "cet",      "cette",      "ceux",     "chaque",   "chez",      "ci",         "combien",
  "comme",    "comment",    "contre",   "d",        "da",        "dans",       "de",
  "dehors",   "deja",       "dela",     "depuis",   "des",       "dessous",    "dessus",
  "devra",    "dois",       "doit",     "doivent",  "donc",      "dont",       "du",
  "elle",     "elles",      "en",       "encore",   "es",        "est",        "et",
  "etaient",  "etais",      "etait",    "etant",    "ete",       "etes",       "etre",
  "eu",       "eux",        "faire",    "fais",     "fait",      "faut",       "fera",
  "fois",     "font",       "grand",    "hors",     "ici",       "il",         "ils",
  "j",        "je",         "jusqu",    "jusqua",   "jusquau",   "jusque",     "l",
  "la",       "laquelle",   "le",       "lequel",   "les",       "lesquelles", "lesquels",
  "leur",     "leurs",      "lors",     "lorsqu",   "lorsque",   "lui",        "m",
  "ma",       "maintenant", "mais",     "me",       "meme",      "memes",      "merci",
  "mes",      "mien",       "moi",      "moins",    "mon",       "n",          "ne",
  "ni",       "non",        "nos",      "notre",    "nous",      "nul",        "on",
  "or",       "ou",         "par",      "parce",    "parfois",   "parmi",      "pas",
  "peu",      "peut",       "peux",     "plus",     "plusieurs", "pour",       "pourquoi",
  "pourrais", "pourrait",   "pouvez",   "puis",     "puisqu",    "puisque",    "qu",
  "qua",      "quand",      "quau",     "que",      "quel",      "quelle",     "quelles",
  "quelqu",   "quelque",    "quelques", "quels",    "qui",       "quoi",       "quoiqu",
  "quoique",  "s",          "sa",       "sans",     "sauf",      "se",         "sera",
  "serait",   "seront",     "ses",      "si",       "sinon",     "soit",       "sommes",
  "son",      "sont",       "souhaite", "sous",     "suis",      "sur",        "svp",
  "ta",       "tant",       "te",       "tel",      "telle",     "tellement",  "tels",
  "tes",      "toi",        "ton",      "toujours", "tous",      "tout",       "toute",
  "toutes",   "tres",       "trop",     "tu",       "un",        "une",        "va",
  "vais",     "vers",       "veut",     "veux",     "via",       "voici",      "voila",
  "vos",      "votre",      "voudrais", "vous",     "y"
};

static const char *const spanish[] = {
  "a",        "ahi",     "ahora",    "al",       "algo",      "alguna",   "algunas", "alguno",
  "algunos",  "alli",    "ante",     "antes",    "aquel",     "aquella",  "aqui",    "asi",
  "aun",      "aunque",  "bien",     "buenas",   "buenos",    "cada",     "casi",    "cierto",
  "como",     "con",     "cual",     "cuales",   "cualquier", "cuando",   "cuanta",  "cuanto",
  "cuantos",  "cuya",    "cuyo",     "dado",     "de",        "debe",     "debo",    "del",
  "desde",    "dicho",   "donde",    "dos",      "durante",   "e",        "el",      "ella",
  "ellas",    "ello",    "ellos",    "embargo",  "en",        "entonces", "entre",   "era",
  "eran",     "eres",    "es",       "esa",      "esas",      "ese",      "eso",     "esos",
  "esta",     "estaba",  "estan",    "estar",    "estas",     "este",     "esto",    "estos",
  "estoy",    "fue",     "fueron",   "gracias",  "ha",        "haber",    "habia",   "hace",
  "hacer",    "hacia",   "han",      "hasta",    "hay",       "haya",     "he",      "hemos",
  "hola",     "incluso", "jamas",    "junto",    "la",        "las",      "le",      "les",
  "lo",       "los",     "luego",    "mas",      "me",        "mediante", "menos",   "mi",
  "mientras", "mis",     "misma",    "mismo",    "mismos",    "muchas",   "mucho",   "muchos",
  "muy",      "nada",    "ni",       "ningun",   "ninguna",   "no",       "nos",     "nosotros",
  "nuestra",  "nuestro", "nuestros", "nunca",    "o",         "os",       "otra",    "otras",
  "otro",     "otros",   "para",     "parte",    "pero",      "poco",     "podemos", "poder",
  "podria",   "por",     "porque",   "puede",    "puedo",     "pues",     "que",     "quien",
  "quienes",  "quiere",  "quiero",   "quisiera", "se",        "sea",      "segun",   "ser",
  "seria",    "si",      "sido",     "siempre",  "siendo",    "sin",      "sino",    "sobre",
  "sola",     "solo",    "somos",    "son",      "soy",       "su",       "sus",     "suyo",
  "tal",      "tambien", "tampoco",  "tan",      "tanto",     "te",       "tenemos", "tener",
  "tengo",    "tenia",   "ti",       "tiene",    "tienen",    "toda",     "todas",   "todo",
  "todos",    "tras",    "tu",       "tus",      "tuve",      "tuyo",     "un",      "una",
  "unas",     "uno",     "unos",     "usted",    "ustedes",   "va",       "vamos",   "varias",
  "varios",   "vez",     "vosotros", "voy",      "vuestra",   "vuestro",  "y",       "ya",
  "yo"
};

static const char *const portuguese[] = {
  "a",       "ainda",   "alem",    "algo",    "alguem", "algum",    "alguma",   "alguns", "antes",
  "ao",      "aos",     "apenas",  "aquela",  "aquele", "aqui",     "aquilo",   "as",     "assim",
  "ate",     "bem",     "bom",     "cada",    "caso",   "com",      "como",     "cuja",   "cujo",
  "da",      "dado",    "das",     "de",      "dela",   "dele",     "deles",    "depois", "desde",
  "dessa",   "desse",   "desta",   "deste",   "deve",   "devem",    "devo",     "disso",  "do",
  "dos",     "durante", "e",       "ela",     "elas",   "ele",      "eles",     "em",     "entao",
  "entre",   "era",     "eram",    "essa",    "essas",  "esse",     "esses",    "esta",   "estao",
  "estas",   "estava",  "este",    "estes",   "estou",  "eu",       "existe",   "faz",    "fazer",
  "feito",   "fica",    "foi",     "for",     "foram",  "gostaria", "gostava",  "ha",     "houve",
  "isso",    "isto",    "ja",      "la",      "lhe",    "lhes",     "logo",     "mais",   "mas",
  "me",      "mesmo",   "meu",     "meus",    "mim",    "minha",    "minhas",   "muita",  "muitas",
  "muito",   "muitos",  "na",      "nada",    "nao",    "naquela",  "nas",      "nem",    "nessa",
  "nesse",   "nesta",   "neste",   "ninguem", "no",     "nos",      "nossa",    "nossas", "nosso",
  "nossos",  "num",     "numa",    "nunca",   "o",      "obrigado", "ola",      "onde",   "os",
  "ou",      "outra",   "outras",  "outro",   "outros", "para",     "pela",     "pelas",  "pelo",
  "pelos",   "perante", "pode",    "podem",   "pois",   "por",      "porem",    "porque", "posso",
  "pouca",   "pouco",   "preciso", "proprio", "quais",  "qual",     "qualquer", "quando", "quanto",
  "quantos", "que",     "quem",    "queria",  "quero",  "sao",      "se",       "sem",    "sempre",
  "sendo",   "ser",     "sera",    "serao",   "seria",  "seu",      "seus",     "si",     "sido",
  "so",      "sobre",   "somente", "sou",     "sua",    "suas",     "tais",     "tal",    "tambem",
  "tanto",   "te",      "tem",     "tenho",   "ter",    "teria",    "teu",      "tinha",  "tive",
  "toda",    "todas",   "todo",    "todos",   "tres",   "tu",       "tua",      "tudo",   "um",
  "uma",     "umas",    "uns",     "vai",     "vem",    "voce",     "voces",    "vosso",  "vou"
};

static const char *const italian[] = {
  "a",        "abbiamo",  "ad",         "adesso",  "agli",    "ai",       "al",      "alcuna",
  "alcuni",   "all",      "alla",       "alle",    "allo",    "allora",   "altra",   "altre",
  "altri",    "altro",    "anche",      "ancora",  "appena",  "avere",    "avete",   "aveva",
  "avevo",    "bene",     "buongiorno", "c",       "che",     "chi",      "ci",      "ciao",
  "ciascuno", "cioe",     "coi",        "col",     "colei",   "colui",    "come",    "con",
  "contro",   "cosa",     "cose",       "cosi",    "cui",     "d",        "da",      "dagli",
  "dai",      "dal",      "dall",       "dalla",   "dalle",   "dallo",    "degli",   "dei",
  "del",      "dell",     "della",      "delle",   "dello",   "dentro",   "deve",    "devo",
  "di",       "dopo",     "dove",       "dunque",  "durante", "e",        "ecco",    "ed",
  "egli",     "entro",    "era",        "eravamo", "essere",  "fa",       "fare",    "fatto",
  "fino",     "fra",      "gia",        "giu",     "gli",     "grazie",   "ha",      "hai",
  "hanno",    "ho",       "i",          "il",      "in",      "infatti",  "inoltre", "invece",
  "io",       "l",        "la",         "le",      "lei",     "li",       "lo",      "loro",
  "lui",      "ma",       "mai",        "me",      "meno",    "mentre",   "mi",      "mia",
  "mie",      "miei",     "mio",        "molta",   "molte",   "molti",    "molto",   "ne",
  "negli",    "nei",      "nel",        "nell",    "nella",   "nelle",    "nello",   "nessun",
  "nessuno",  "niente",   "no",         "noi",     "non",     "nostra",   "nostre",  "nostri",
  "nostro",   "nulla",    "o",          "oggi",    "ogni",    "ognuno",   "oltre",   "oppure",
  "ora",      "ove",      "ovvero",     "per",     "perche",  "pero",     "piu",     "poco",
  "poi",      "possiamo", "posso",      "possono", "potete",  "potrebbe", "potrei",  "prima",
  "proprio",  "puo",      "pure",       "qual",    "qualche", "qualcosa", "quale",   "quali",
  "quando",   "quanta",   "quanti",     "quanto",  "quell",   "quella",   "quelle",  "quelli",
  "quello",   "quest",    "questa",     "questo",  "qui",     "quindi",   "salve",   "sara",
  "saranno",  "sarebbe",  "se",         "secondo", "sei",     "sempre",   "senza",   "si",
  "sia",      "siamo",    "siete",      "sono",    "sopra",   "sotto",    "stata",   "state",
  "stati",    "stato",    "stesso",     "sto",     "su",      "sua",      "sue",     "sugli",
  "sui",      "sul",      "sull",       "sulla",   "sulle",   "sullo",    "suo",     "suoi",
  "tale",     "tanto",    "te",         "ti",      "tra",     "troppo",   "tu",      "tue",
  "tuo",      "tuoi",     "tutta",      "tutte",   "tutti",   "tutto",    "un",      "una",
  "uno",      "va",       "verso",      "vi",      "via",     "vogliamo", "voglio",  "voi",
  "vorrei",   "vostra",   "vostre",     "vostri",  "vostro"
};

static const char *const dutch[] = {
  "aan",     "aangezien", "achter",    "af",        "al",      "alle",     "alleen",   "allen",
  "alles",   "als",       "altijd",    "ander",     "andere",  "anderen",  "anders",   "beide",
  "ben",     "bent",      "beter",     "bij",       "bijna",   "binnen",   "boven",    "buiten",
  "daar",    "daarna",    "daarom",    "daarop",    "dan",     "dat",      "de",       "deze",
  "die",     "dit",       "doe",       "doen",      "doet",    "door",     "dus",      "echter",
  "een",     "eens",      "eerst",     "eigenlijk", "elk",     "elke",     "en",       "enige",
  "enkele",  "er",        "eten",      "eveneens",  "ga",      "gaan",     "gaat",     "ge",
  "geen",    "geweest",   "gewoon",    "graag",     "haar",    "haast",    "had",      "hadden",
  "half",    "hallo",     "heb",       "hebben",    "heeft",   "heel",     "helemaal", "hem",
  "hen",     "het",       "hetzelfde", "hier",      "hij",     "hoe",      "hoewel",   "hun",
  "ieder",   "iedere",    "iemand",    "iets",      "ik",      "in",       "is",       "ja",
  "je",      "jij",       "jou",       "jouw",      "jullie",  "kan",      "kon",      "kreeg",
  "kun",     "kunnen",    "kunt",      "liever",    "los",     "maar",     "mag",      "me",
  "meer",    "meest",     "men",       "met",       "mezelf",  "mij",      "mijn",     "misschien",
  "moet",    "moeten",    "mogelijk",  "mogen",     "na",      "naar",     "naast",    "nadat",
  "nergens", "niemand",   "niet",      "niets",     "nog",     "nooit",    "nu",       "of",
  "ofwel",   "om",        "omdat",     "omhoog",    "onder",   "ongeveer", "ons",      "onze",
  "ooit",    "ook",       "op",        "over",      "overal",  "pas",      "per",      "precies",
  "rond",    "samen",     "sinds",     "sommige",   "soms",    "staat",    "steeds",   "te",
  "tegen",   "ten",       "ter",       "terug",     "terwijl", "thans",    "tijdens",  "toch",
  "toen",    "tot",       "tussen",    "u",         "uit",     "uw",       "vaak",     "van",
  "vanaf",   "vanuit",    "veel",      "vele",      "verder",  "via",      "volgens",  "voor",
  "vooraf",  "vooral",    "waar",      "waaraan",   "waarbij", "waardoor", "waarin",   "waarmee",
  "waarom",  "waarop",    "waarvan",   "waarvoor",  "wanneer", "want",     "waren",    "was",
  "wat",     "we",        "weer",      "weinig",    "wel",     "welke",    "werd",     "werden",
  "wie",     "wij",       "wil",       "wilt",      "worden",  "wordt",    "wou",      "zal",
  "ze",      "zeer",      "zelf",      "zelfs",     "zich",    "zichzelf", "ziet",     "zij",
  "zijn",    "zo",        "zonder",    "zou",       "zouden",  "zullen",   "zult"
};

static const char *const polish[] = {
  "a",      "aby",   "ale",   "bardzo",  "bez",     "bo",         "by",        "byc",      "byl",
  "byla",   "bylo",  "byly",  "bym",     "chce",    "chcialabym", "chcialbym", "ci",       "cie",
  "co",     "czemu", "czy",   "czyli",   "dla",     "dlaczego",   "do",        "dobry",    "dzien",
  "gdy",    "gdzie", "go",    "i",       "ich",     "ile",        "im",        "inne",     "inny",
  "ja",     "jak",   "jaka",  "jaki",    "jakie",   "jako",       "je",        "jednak",   "jego",
  "jej",    "jesli", "jest",  "jestem",  "jeszcze", "jezeli",     "juz",       "kazdy",    "kiedy",
  "kto",    "ktora", "ktore", "ktorego", "ktorej",  "ktory",      "lub",       "ma",       "mam",
  "mamy",   "mi",    "mna",   "mnie",    "moge",    "moj",        "moja",      "moje",     "moze",
  "mozna",  "musi",  "musze", "na",      "nad",     "nam",        "nas",       "nasz",     "nie",
  "niego",  "niej",  "nim",   "niz",     "no",      "o",          "od",        "on",       "ona",
  "one",    "oni",   "oraz",  "pan",     "pani",    "po",         "pod",       "poniewaz", "poza",
  "prosze", "przed", "przez", "przy",    "sa",      "sie",        "skad",      "sobie",    "swoj",
  "swoje",  "ta",    "tak",   "takze",   "tam",     "te",         "tego",      "tej",      "ten",
  "teraz",  "tez",   "to",    "tu",      "tutaj",   "tych",       "tylko",     "tym",      "u",
  "w",      "wam",   "was",   "we",      "wiec",    "witam",      "wszystko",  "wtedy",    "z",
  "za",     "ze",    "zeby"
};

static const char *const swedish[] = {
  "alla",  "allt",   "an",     "ar",     "at",     "att",   "av",    "bara",   "blev",  "bli",
  "blir",  "da",     "dag",    "dar",    "darfor", "de",    "dem",   "den",    "denna", "deras",
  "dess",  "det",    "detta",  "dig",    "din",    "dina",  "ditt",  "du",     "efter", "ej",
  "eller", "en",     "er",     "ert",    "ett",    "fa",    "far",   "finns",  "for",   "fram",
  "fran",  "ga",     "gar",    "gor",    "gora",   "ha",    "hade",  "han",    "har",   "hej",
  "hela",  "henne",  "hennes", "hon",    "honom",  "hos",   "hur",   "i",      "icke",  "in",
  "inom",  "inte",   "jag",    "ju",     "kan",    "kunde", "man",   "manga",  "med",   "mellan",
  "men",   "mer",    "mig",    "min",    "mina",   "mitt",  "mot",   "mycket", "nagon", "nagot",
  "nagra", "nar",    "ni",     "nog",    "nu",     "och",   "ocksa", "om",     "oss",   "over",
  "pa",    "sa",     "sadan",  "samma",  "sedan",  "ser",   "sig",   "sin",    "sina",  "sitt",
  "sjalv", "ska",    "skulle", "som",    "tack",   "till",  "under", "upp",    "ut",    "utan",
  "vad",   "var",    "vara",   "varfor", "varit",  "varje", "vart",  "vem",    "vi",    "vid",
  "vilka", "vilken", "vilket", "vill"
};

static const char *const danish[] = {
  "af",      "alle",    "alt",     "anden", "at",    "bare",   "blev",    "blive",  "bliver",
  "da",      "de",      "dem",     "den",   "denne", "der",    "deres",   "det",    "dette",
  "dig",     "din",     "dit",     "dog",   "du",    "efter",  "eller",   "en",     "end",
  "er",      "et",      "fa",      "far",   "for",   "fra",    "gor",     "gore",   "ham",
  "han",     "hans",    "har",     "hav",   "have",  "hej",    "hende",   "hendes", "her",
  "hos",     "hun",     "hvad",    "hvem",  "hver",  "hvilke", "hvilken", "hvis",   "hvor",
  "hvordan", "hvorfor", "hvornar", "i",     "ikke",  "ind",    "ja",      "jeg",    "jer",
  "jeres",   "jo",      "kan",     "kunne", "ma",    "man",    "mange",   "med",    "meget",
  "men",     "mig",     "min",     "mine",  "mit",   "mod",    "nar",     "ned",    "nogen",
  "noget",   "nogle",   "nu",      "og",    "ogsa",  "om",     "op",      "os",     "over",
  "pa",      "sa",      "sadan",   "selv",  "sig",   "sin",    "sine",    "sit",    "skal",
  "skulle",  "som",     "tak",     "thi",   "til",   "ud",     "uden",    "under",  "vaere",
  "vaeret",  "var",     "vi",      "vil",   "ville", "vor"
};

static const char *const norwegian[] = {
  "alle",   "alt",     "at",      "av",     "bare", "ble",   "bli",    "blir",   "da",      "de",
  "deg",    "dem",     "den",     "denne",  "der",  "deres", "det",    "dette",  "din",     "ditt",
  "du",     "eller",   "en",      "enn",    "er",   "et",    "etter",  "fa",     "far",     "for",
  "fordi",  "fra",     "gjor",    "gjore",  "ha",   "hadde", "han",    "hans",   "har",     "hei",
  "hennes", "her",     "hos",     "hun",    "hva",  "hvem",  "hver",   "hvilke", "hvilken", "hvis",
  "hvor",   "hvordan", "hvorfor", "i",      "ikke", "inn",   "ja",     "jeg",    "kan",     "kunne",
  "ma",     "man",     "mange",   "med",    "meg",  "meget", "mellom", "men",    "mer",     "min",
  "mine",   "mitt",    "mot",     "mye",    "na",   "nar",   "ned",    "noe",    "noen",    "og",
  "ogsa",   "om",      "opp",     "oss",    "over", "pa",    "sa",     "seg",    "selv",    "sin",
  "sine",   "sitt",    "skal",    "skulle", "slik", "som",   "takk",   "til",    "under",   "ut",
  "uten",   "vaere",   "vaert",   "var",    "vi",   "vil",   "ville"
};

static const char *const finnish[] = {
  "ehka",   "ei",     "eivat", "en",      "enta",   "etta",    "han",    "hanta", "he",    "hei",
  "heidan", "ihan",   "itse",  "ja",      "jo",     "joka",    "jos",    "jossa", "jotka", "jotta",
  "kaikki", "kanssa", "ken",   "kiitos",  "koska",  "kuin",    "kuinka", "kuka",  "kun",   "kylla",
  "me",     "mihin",  "mika",  "miksi",   "milla",  "milloin", "mina",   "minka", "minua", "minun",
  "minut",  "missa",  "mista", "mita",    "miten",  "mukaan",  "mun",    "mutta", "muu",   "myos",
  "nama",   "ne",     "niin",  "nyt",     "olemme", "olen",    "olette", "oli",   "olisi", "olla",
  "on",     "onko",   "ovat",  "paljon",  "saa",    "saako",   "se",     "seka",  "sen",   "siella",
  "siina",  "siis",   "siita", "silloin", "sina",   "sinun",   "sita",   "tai",   "tama",  "taman",
  "tassa",  "tata",   "te",    "teidan",  "vaan",   "vai",     "vain",   "viela", "voi",   "voiko",
  "voin"
};

static const char *const czech[] = {
  "a",     "aby",       "ahoj",  "ale",   "ani",    "ano",   "asi",   "az",     "bez",     "bude",
  "budu",  "by",        "byl",   "byla",  "bylo",   "byt",   "ci",    "co",     "coz",     "dekuji",
  "den",   "do",        "dobry", "ho",    "i",      "ja",    "jak",   "jaka",   "jake",    "jako",
  "jaky",  "je",        "jeho",  "jeji",  "jejich", "jen",   "jeste", "jestli", "jiz",     "jsem",
  "jsi",   "jsme",      "jsou",  "jste",  "k",      "kam",   "kde",   "kdo",    "kdy",     "kdyz",
  "ke",    "ktera",     "ktere", "kteri", "ktery",  "ma",    "mam",   "mate",   "me",      "mi",
  "mit",   "mne",       "mnou",  "moc",   "mohu",   "moje",  "muj",   "musim",  "muze",    "muzu",
  "na",    "nad",       "nam",   "nas",   "ne",     "nebo",  "neni",  "nez",    "nic",     "o",
  "od",    "on",        "ona",   "oni",   "ono",    "pak",   "po",    "pod",    "podle",   "pokud",
  "potom", "potrebuji", "pred",  "pres",  "pri",    "pro",   "proc",  "prosim", "protoze", "s",
  "se",    "si",        "sve",   "svuj",  "ta",     "tak",   "take",  "tam",    "tato",    "te",
  "ted",   "ten",       "tento", "tim",   "to",     "tohle", "toho",  "tom",    "tomu",    "tu",
  "ty",    "u",         "uz",    "v",     "vam",    "vas",   "ve",    "vy",     "z",       "za",
  "ze"
};

static const char *const romanian[] = {
  "a",    "acea",   "aceasta",   "acest",  "aceste", "acum",    "ai",     "aici",   "al",
  "ale",  "am",     "ar",        "are",    "as",     "asta",    "astfel", "atat",   "atunci",
  "au",   "avea",   "aveti",     "bine",   "buna",   "ca",      "cand",   "care",   "ce",
  "cea",  "cel",    "ci",        "cine",   "cit",    "cu",      "cum",    "da",     "daca",
  "dar",  "de",     "decat",     "deci",   "din",    "doar",    "dupa",   "e",      "ea",
  "ei",   "el",     "ele",       "era",    "este",   "eu",      "face",   "fara",   "fi",
  "fie",  "foarte", "fost",      "i",      "ii",     "il",      "imi",    "in",     "inca",
  "insa", "intre",  "isi",       "iti",    "la",     "le",      "li",     "lor",    "lui",
  "ma",   "mai",    "mea",       "mei",    "mele",   "mereu",   "meu",    "mi",     "mie",
  "mult", "multe",  "multumesc", "ne",     "nici",   "noastra", "noi",    "nostru", "nu",
  "o",    "ori",    "pe",        "pentru", "poate",  "pot",     "prea",   "prin",   "sa",
  "sale", "sau",    "se",        "si",     "sint",   "spre",    "sub",    "sunt",   "sunteti",
  "ta",   "te",     "toate",     "tot",    "toti",   "trebuie", "tu",     "un",     "una",
  "unde", "unei",   "unui",      "unul",   "va",     "voi",     "vom",    "vor",    "vostru",
  "vreau"
};

static const char *const hungarian[] = {
  "a",       "ahhoz",   "ahogy",     "aki",     "akkor",  "altal",  "altalaban", "amely",  "ami",
  "amit",    "az",      "azonban",   "azt",     "azzal",  "be",     "benne",     "csak",   "de",
  "e",       "egy",     "egyeb",     "egyes",   "el",     "en",     "es",        "ez",     "ezek",
  "ezen",    "ezert",   "ezt",       "fel",     "fele",   "ha",     "hanem",     "hiszen", "hogy",
  "hogyan",  "hol",     "hova",      "igen",    "igy",    "is",     "itt",       "jo",     "kell",
  "kellene", "ki",      "koszonom",  "le",      "legyen", "lehet",  "lesz",      "maga",   "mar",
  "meg",     "mely",    "mert",      "mi",      "miert",  "mikor",  "milyen",    "mint",   "mit",
  "mivel",   "most",    "nagyon",    "ne",      "nekem",  "neki",   "nem",       "nincs",  "o",
  "ok",      "olyan",   "ossze",     "ott",     "pedig",  "s",      "sajat",     "se",     "sem",
  "sok",     "szamara", "szeretnek", "szerint", "szet",   "szia",   "tehat",     "tobb",   "tovabb",
  "udv",     "ugy",     "utan",      "vagy",    "vagyok", "valaki", "valamint",  "van",    "vannak",
  "vele",    "volna",   "volt"
};

static const char *const turkish[] = {
  "acaba", "ama",    "ancak",       "artik",       "aslinda", "ayrica",    "az",    "bana",
  "bazi",  "belki",  "ben",         "beni",        "benim",   "bir",       "biri",  "birkac",
  "biz",   "bize",   "bizim",       "bu",          "buna",    "bunu",      "bunun", "burada",
  "cok",   "cunku",  "da",          "daha",        "de",      "degil",     "diye",  "dolayi",
  "eger",  "en",     "gibi",        "gore",        "hangi",   "hep",       "hepsi", "her",
  "hic",   "icin",   "ile",         "ise",         "iste",    "istiyorum", "kadar", "kez",
  "ki",    "kim",    "kimse",       "lutfen",      "merhaba", "mi",        "mu",    "musunuz",
  "nasil", "ne",     "neden",       "nerede",      "nereye",  "nicin",     "niye",  "o",
  "olan",  "olarak", "oldu",        "oldugu",      "olsa",    "olur",      "on",    "ona",
  "ondan", "onu",    "onun",        "sanki",       "sey",     "siz",       "size",  "sizin",
  "sonra", "su",     "tarafindan",  "tesekkurler", "tum",     "var",       "ve",    "veya",
  "ya",    "yani",   "yapabilirim", "yok"
};

static const char *const russian[] = {
  "а",      "без",   "более",      "бы",    "был",    "была",   "были",    "было",   "быть",
  "в",      "вам",   "вас",        "ваш",   "ведь",   "во",     "вот",     "все",    "всего",
  "всех",   "вы",    "где",        "да",    "даже",   "день",   "для",     "до",     "добрыи",
  "его",    "ее",    "если",       "есть",  "еще",    "же",     "за",      "здесь",  "здравствуите",
  "и",      "из",    "или",        "им",    "их",     "к",      "как",     "какая",  "какие",
  "какои",  "ко",    "когда",      "кто",   "ли",     "либо",   "меня",    "мне",    "могу",
  "может",  "можно", "мои",        "моя",   "мы",     "на",     "над",     "надо",   "нам",
  "нас",    "наш",   "не",         "него",  "нее",    "нет",    "ни",      "них",    "но",
  "ну",     "нужно", "о",          "об",    "он",     "она",    "они",     "оно",    "от",
  "по",     "под",   "пожалуиста", "после", "потому", "почему", "при",     "привет", "про",
  "с",      "сам",   "свои",       "себя",  "сеичас", "со",     "спасибо", "так",    "также",
  "там",    "твои",  "те",         "тебя",  "тем",    "то",     "тогда",   "того",   "тоже",
  "только", "том",   "тот",        "ты",    "у",      "уже",    "хотел",   "хочу",   "чего",
  "чем",    "через", "что",        "чтобы", "эта",    "эти",    "это",     "этого",  "этот",
  "я"
};

/* Sorted by their bytes. */
static const struct {
  const char *code;
  const char *const *words;
  gsize n;
} lists[] = {
  { "cs", czech, G_N_ELEMENTS (czech) },           { "da", danish, G_N_ELEMENTS (danish) },
  { "de", german, G_N_ELEMENTS (german) },         { "en", english, G_N_ELEMENTS (english) },
  { "es", spanish, G_N_ELEMENTS (spanish) },       { "fi", finnish, G_N_ELEMENTS (finnish) },
  { "fr", french, G_N_ELEMENTS (french) },         { "hu", hungarian, G_N_ELEMENTS (hungarian) },
  { "it", italian, G_N_ELEMENTS (italian) },       { "nb", norwegian, G_N_ELEMENTS (norwegian) },
  { "nl", dutch, G_N_ELEMENTS (dutch) },           { "nn", norwegian, G_N_ELEMENTS (norwegian) },
  { "no", norwegian, G_N_ELEMENTS (norwegian) },   { "pl", polish, G_N_ELEMENTS (polish) },
  { "pt", portuguese, G_N_ELEMENTS (portuguese) }, { "ro", romanian, G_N_ELEMENTS (romanian) },
  { "ru", russian, G_N_ELEMENTS (russian) },       { "sv", swedish, G_N_ELEMENTS (swedish) },
  { "tr", turkish, G_N_ELEMENTS (turkish) },
};

static int
by_bytes (const void *key, const void *word)
{
  return strcmp (key, *(const char *const *) word);
}

gboolean
pn_stop_words_has (const char *language, const char *folded)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (g_ascii_strncasecmp (language, lists[i].code, 2) == 0
        && strchr ("-_", language[2]) != NULL) /* finds the final NUL too */
      return bsearch (folded, lists[i].words, lists[i].n, sizeof *lists[i].words, by_bytes) != NULL;
  }
  return FALSE;
}

const char *const *
pn_stop_words_languages (void)
{
  static const char *const list[] = { "en", "es", "pt", "ru", "de", "fr", "tr", "it", "pl",
                                      "nl", "ro", "hu", "sv", "cs", "da", "fi", "nb", NULL };

  return list;
}
