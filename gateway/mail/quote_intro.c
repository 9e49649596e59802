#include "gateway/mail/quote_intro.h"

#include <string.h>

#include "gateway/mail/quote_field.h"
#include "gateway/mail/quote_words.h"
#include "ticketing/core/text.h"

#define LINE_BYTES_MAX 400 /* longer lines are prose */
#define DATED_WORDS_MAX 14
#define NAME_WORDS_MAX 5
#define PLAIN_NAME_WORDS_MAX 2 /* of names in lower case: "support team" */
#define MARKS " \t\r>-_*=|"
#define WORD_ENDS " \t,;\"'()[]<>"

/* Days and months. One word each; compared with the lower-case text. */
static const char *const days =
    " monday tuesday wednesday thursday friday saturday sunday yesterday today mon tue wed thu fri"
    " sat sun january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
    " montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag gestern heute vorgestern"
    " januar jänner februar märz mai juni juli oktober dezember"
    " lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd'hui janvier février mars avril"
    " juin juillet août septembre octobre novembre décembre"
    " lunes martes miércoles miercoles jueves viernes sábado sabado domingo ayer hoy enero febrero"
    " marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    " lunedì martedì mercoledì giovedì venerdì domenica ieri oggi gennaio febbraio aprile maggio"
    " giugno luglio settembre ottobre dicembre"
    " segunda segunda-feira terça terça-feira quarta quarta-feira quinta quinta-feira sexta"
    " sexta-feira ontem hoje janeiro fevereiro março maio junho julho setembro outubro novembro"
    " dezembro maandag dinsdag woensdag donderdag vrijdag zaterdag zondag gisteren vandaag januari"
    " februari maart mei augustus"
    " mandag tirsdag onsdag torsdag fredag lørdag søndag mandags tirsdags onsdags torsdags fredags"
    " går dag måndag tisdag lördag söndag måndags igår idag marts desember"
    " maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina eilen tänään"
    " poniedziałek wtorek środę środa czwartek piątek sobotę sobota niedzielę niedziela wczoraj"
    " dzisiaj pondělí úterý středu středa čtvrtek pátek sobotu neděli neděle včera dnes pondelok"
    " utorok stredu štvrtok piatok nedeľu"
    " понедельник вторник среду среда четверг пятницу пятница субботу суббота воскресенье вчера"
    " сегодня понеділок вівторок середу п'ятницю суботу неділю вчора сьогодні"
    " pazartesi salı çarşamba perşembe cuma cumartesi pazar dün bugün"
    " hétfőn kedden szerdán csütörtökön pénteken szombaton vasárnap tegnap luni marți miercuri joi"
    " vineri sâmbătă duminică ieri δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή χθες ";

/* What stands between the figures of a date. */
static const char *const fillers =
    " on at am um uhr den der dem vom le à el las los il del al giorno alle ore em op om på kl kl. dnia"
    " w dne v ve o в во the of de date datum pm gmt utc cet cest st nd rd th i la ";

/* What stands in names and beside verbs without a capital letter. */
static const char *const particles =
    " von van de der den del della di da dos du la le el al bin ibn from at via of und and et y e für"
    " hat haben ha har heeft het volgende a have has següent lo siguiente ";

/* Words of sentences that a person wrote: no program's attribution has them. None is a name or a day elsewhere. */
static const char *const sentence_words =
    " please what that which why because if when where how see here's this these below but we my our"
    " told asked could would should are was were does did not don't"
    " bitte dass warum weil wenn wie siehe dies diese ich wir mein meine ist sind nicht kann könnten"
    " unser unsere que qu'il quoi pourquoi voici ce cela je nous pas parce porque por aquí esto yo"
    " cuando che perché ecco questo io mio è não isto meu porquê waarom omdat als dit ik mijn niet"
    " hvad hvorfor jeg ikke vad varför jag inte что почему потому это я мы не пожалуйста ";

static const char *const quotings[] = {
  "quoting ",    "citing ",    "zitat von ",  "zitiere ",      "citando a ",
  "citando ",    "citerar ",   "citerer ",    "citazione di ", "cytowanie ",
  "citaat van ", "citat von ", "citat från ", "citat fra ",    "цитирование ",
};

/* Scripts without spaces: their words of days stand anywhere. */
static const char *const bare_days[] = { "星期", "昨天", "今天", "曜日", "昨日", "요일", "어제" };

typedef struct {
  guint n;
  guint days;
  guint figures;
  guint fillers;
  guint plain; /* in lower case and neither of a date nor of a name */
  guint particles;
  gboolean is_sentence;
} Words;

static gboolean
is_in (const char *list, const char *word)
{
  g_autofree char *whole = g_strconcat (" ", word, " ", NULL);

  return strstr (list, whole) != NULL;
}

static gboolean
is_day (const char *lower)
{
  return is_in (days, lower) || pn_text_has_any (lower, bare_days, G_N_ELEMENTS (bare_days));
}

static void
count_word (Words *words, const char *word)
{
  g_autofree char *lower = g_utf8_strdown (word, -1);
  gsize n = strlen (lower);

  if (n > 1 && lower[n - 1] == '.')
    lower[n - 1] = '\0';
  words->n++;
  /* The first "i" is "in" in the north: "I går skrev A:". */
  if (is_in (sentence_words, lower) || (words->n > 1 && strcmp (word, "I") == 0))
    words->is_sentence = TRUE;
  if (is_day (lower))
    words->days++;
  else if (g_ascii_isdigit (*lower))
    words->figures++;
  else if (is_in (fillers, lower))
    words->fillers++;
  else if (is_in (particles, word)) /* not "A", which may be a name */
    words->particles++;
  else if (g_unichar_islower (g_utf8_get_char (word)))
    words->plain++;
}

static Words
count_words (const char *text)
{
  g_auto (GStrv) split = g_strsplit_set (text, WORD_ENDS, -1);
  Words words = { 0 };

  for (gsize i = 0; split[i] != NULL; i++) {
    if (*split[i] != '\0')
      count_word (&words, split[i]);
  }
  return words;
}

gboolean
pn_quote_ends_in_colon (const char *line)
{
  gsize n = strlen (line);

  while (n > 0) {
    if (strchr (" \t\r*_", line[n - 1]) != NULL)
      n--;
    else if (n >= 3
             && (memcmp (line + n - 3, "\u200E", 3) == 0
                 || memcmp (line + n - 3, "\u200F", 3) == 0)) /* marks of direction */
      n -= 3;
    else
      break;
  }
  return (n > 0 && line[n - 1] == ':')
         || (n >= strlen ("：") && memcmp (line + n - strlen ("："), "：", strlen ("：")) == 0);
}

/* Returns: (owned) @text without its colon and the marks around, its letters as they are. */
static char *
take_off_colon (const char *text)
{
  char *bare = g_strdup (text + strspn (text, MARKS));
  char *colon = strrchr (bare, ':');
  char *wide = g_strrstr (bare, "：");

  if (colon == NULL || (wide != NULL && wide > colon))
    colon = wide;
  if (colon != NULL)
    *colon = '\0';
  return bare;
}

static gboolean
has_quoting (const char *lower)
{
  for (gsize i = 0; i < G_N_ELEMENTS (quotings); i++) {
    if (g_str_has_prefix (lower, quotings[i]))
      return TRUE;
  }
  return FALSE;
}

PnIntro
pn_quote_intro (const char *text)
{
  if (strlen (text) > LINE_BYTES_MAX || !pn_quote_ends_in_colon (text)
      || !g_utf8_validate (text, -1, NULL))
    return PN_INTRO_NONE;
  g_autofree char *bare = take_off_colon (text);
  g_autofree char *lower = pn_quote_normalise (bare, MARKS);
  Words words = count_words (bare);
  guint verb = pn_quote_has_verb (lower) ? 1 : 0;
  const char *angle = strchr (lower, '<');
  if (words.n == 0 || words.n > DATED_WORDS_MAX || words.is_sentence)
    return PN_INTRO_NONE;
  gboolean is_prose = words.plain > verb + PLAIN_NAME_WORDS_MAX;
  if (words.days + words.figures > 0 && verb > 0 && !is_prose)
    return PN_INTRO_DATED;
  if (words.days + words.figures + words.fillers == words.n
      && (words.days > 0 || pn_quote_has_year (lower)))
    return PN_INTRO_DATED;
  guint aside = words.fillers + words.particles;
  guint name = words.n - MIN (words.n, aside + verb);
  if (name == 0 || name > NAME_WORDS_MAX)
    return PN_INTRO_NONE;
  if (has_quoting (lower) || (angle != NULL && strchr (angle, '@') != NULL))
    return PN_INTRO_NAMED;
  gboolean is_name = words.plain <= verb || name <= PLAIN_NAME_WORDS_MAX;
  return verb > 0 && is_name ? PN_INTRO_NAMED : PN_INTRO_NONE;
}

/* Whether the date of an attribution can start with @line. */
static gboolean
starts_dated (const char *line)
{
  const char *start = line + strspn (line, MARKS WORD_ENDS);
  g_autofree char *word = g_strndup (start, strcspn (start, WORD_ENDS));
  Words words = count_words (word);

  return words.days + words.figures + words.fillers > 0;
}

/* Whether @line cannot stand alone: it ends in a comma, or is a date and the beginning of a name. */
static gboolean
is_begun (const char *line)
{
  gsize n = strlen (line);
  Words words = count_words (line);

  while (n > 0 && g_ascii_isspace (line[n - 1]))
    n--;
  return (n > 0 && line[n - 1] == ',')
         || (words.plain == 0 && words.days + words.figures > 0
             && words.n > words.days + words.figures + words.fillers);
}

gboolean
pn_quote_is_folded_intro (const char *const *lines, guint n)
{
  g_autoptr (GString) joined = g_string_new (lines[0]);

  for (guint i = 1; i < n; i++)
    g_string_append_printf (joined, " %s", lines[i]);
  PnIntro intro = pn_quote_intro (joined->str);
  gboolean is_whole = pn_quote_intro (lines[n - 1]) != PN_INTRO_NONE;

  switch (intro) {
  case PN_INTRO_NONE: return FALSE;
  case PN_INTRO_DATED: return starts_dated (lines[0]) && (!is_whole || is_begun (lines[n - 2]));
  case PN_INTRO_NAMED: return n == 2 && !is_whole;
  }
  return FALSE;
}
