#include "kb/family_endings.h"

#include <string.h>

static const char english[] =
    "s es d ed ing er ers or ors ion ions tion tions ation ations ition itions sion sions ssion "
    "ive able ible ably ability ibility ment ments al ally ial ly y ies ness ful less ous ious "
    "ity ities ty ties ic ical ance ances ence ences ancy ency cy cies ant ent ants ents t ts e "
    "ist ists ism ize izes ized izing ise ised ising ization isation ify ified ifies ification "
    "ship ships hood ary ory th ce";

static const char german[] =
    "e en er ern es em est et t te ten tet end ende enden ung ungen lich liche lichen licher "
    "liches isch ische ischen ig ige igen iger igkeit lichkeit barkeit samkeit bar bare baren "
    "sam keit heit haft los lose erin erinnen schaft nis nisse ier iere ieren iert ierte ierten "
    "ierung ierungen ation ationen or oren tion n s st";

static const char french[] =
    "s e es er ee ees ez ent ant ants ante ation ations ition itions ion ions tion tions sion "
    "sions ment ments ement ements eur eurs euse euses rice rices teur teurs trice if ifs ive "
    "ives able ables ible ibles ite ites te tes ique iques age ages ance ances ence ences ure "
    "ures al ale ales aux el elle eux ir i is it ie ies re u ue ues aire aires isme iste istes "
    "iser ise ises isation erie eries ier iere";

static const char spanish[] =
    "s o os a as e es ar er ir ado ados ada adas ido idos ida idas ando iendo acion aciones "
    "icion iciones ucion cion ciones sion siones ion iones miento mientos amiento imiento dor "
    "dores dora ador adores idor able ables ible ibles bilidad idad idades dad dades ivo ivos "
    "iva ivas ico icos ica icas al ales mente oso osa osos osas ante antes ente entes encia "
    "encias ancia ancias ura uras or aje ajes ismo ista istas izar izado izacion an en amos "
    "emos imos aba ia io";

static const char portuguese[] =
    "s o os a as e es ar er ir ado ados ada adas ido idos ida idas ando endo indo acao acoes "
    "icao icoes ucao cao coes sao soes ao oes mento mentos amento imento dor dores dora ador "
    "adores idor avel aveis ivel iveis bilidade idade idades dade ivo ivos iva ivas ico icos "
    "ica icas al ais mente oso osa osos osas ante antes ente entes encia encias ancia ancias "
    "ura uras or agem agens ismo ista istas izar izado izacao am em amos emos imos ava ia io";

static const char italian[] =
    "o i a e are ere ire ato ati ata ate ito iti ita ite uto uti uta ute ando endo azione "
    "azioni izione izioni zione zioni sione sioni ione ioni mento menti amento imento tore tori "
    "trice atore itore abile abili ibile ibili bilita ta ivo ivi iva ive ico ici ica iche ale "
    "ali mente oso osa osi ose ante anti ente enti enza enze anza anze ura ure ore aggio ismo "
    "ista isti izzare izzato izzazione ano ono iamo ia io eria";

static const char dutch[] =
    "e en er ers s t te ten de den d end ende ing ingen lijk lijke ig ige igheid heid heden "
    "baar bare baarheid zaam loos loze ster schap sel atie aties tie ties eren eert eerde eerd "
    "ering eringen teit iteit isch ische ief ieve je jes aar aars";

static const char *const german_fronts[] = {
  "",     "ab",     "an",     "auf",  "aus",    "bei",      "durch", "ein",
  "fest", "fort",   "frei",   "her",  "herauf", "herunter", "hin",   "hinzu",
  "hoch", "los",    "mit",    "nach", "uber",   "um",       "unter", "vor",
  "weg",  "weiter", "wieder", "zu",   "zuruck", "zusammen", NULL
};

static const char *const dutch_fronts[] = { "",    "aan", "af",   "bij", "door", "in",
                                            "mee", "na",  "om",   "op",  "over", "terug",
                                            "toe", "uit", "voor", "weg", NULL };

static const struct {
  const char *language;
  const char *endings;
} table[] = {
  { "de", german },  { "en", english }, { "es", spanish },    { "fr", french },
  { "it", italian }, { "nl", dutch },   { "pt", portuguese },
};

static const PnFamilyInfixes german_infixes = { german_fronts, { "zu", "ge" } };
static const PnFamilyInfixes dutch_infixes = { dutch_fronts, { "te", "ge" } };

const char *
pn_family_endings (const char *language)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (strcmp (table[i].language, language) == 0)
      return table[i].endings;
  }
  return NULL;
}

const PnFamilyInfixes *
pn_family_infixes (const char *language)
{
  if (strcmp (language, "de") == 0)
    return &german_infixes;
  return strcmp (language, "nl") == 0 ? &dutch_infixes : NULL;
}
