#include "gateway/mail/language.h"

#include <string.h>

#define LOOK_BYTES 4000
#define WORD_BYTES 19 /* none of the words below is longer */
#define WORDS_MIN 2

/* Small words that each language uses all the time; a word may belong to several. */
static const struct {
  const char *code;
  const char *words; /* with a space around each */
} latin[] = {
  { "en",
    " the and is are was were to of in that it for you with this have not be on your my can please but from what "
    "would there when which will how do i we they he she hello thanks thank regards has any if or " },
  { "de",
    " der die das und ist nicht ich sie wir mit für auf ein eine einen zu den dem es im von auch bitte haben habe "
    "wird werden kann wie bei als hallo danke gruß grüße wenn oder noch nach sind hat uns mir mein " },
  { "fr",
    " le la les et est je vous nous pas pour une un des que qui dans ce cette avec sur mais plus bonjour merci du "
    "au aux mon votre ne il elle ai avez être cordialement ont sont si comme " },
  { "es",
    " el la los las y es que en de por para con un una no se mi su lo como pero más hola gracias está esta tengo "
    "puede muy al del yo usted cuando saludos estoy ha he si sobre " },
  { "pt",
    " o a os as e é que em de por para com um uma não se meu sua eu mas mais olá obrigado obrigada está você ao do "
    "da no na tenho isso como seu já muito foi são pelo " },
  { "it",
    " il lo la gli le e è che di per con un una non si mio suo come ma più ciao grazie sono ho della del nel alla "
    "questo questa buongiorno salve anche vorrei dei da mi " },
  { "nl",
    " de het een en is niet ik u je we wij met voor op te van dat die zijn heb kan maar ook bij hallo bedankt "
    "groet graag dit mijn deze naar wordt als om er aan wat " },
  { "sv",
    " och att det är jag inte en ett som för på med vi du har av den till kan men om hej tack från mitt hälsningar "
    "när min eller så var ni " },
  { "da",
    " og at det er jeg ikke en et som for på med vi du har af den til kan men om hej tak fra mit hilsen når min "
    "eller så var jer blev " },
  { "no",
    " og å det er jeg ikke en et som for på med vi du har av den til kan men om hei takk fra mitt hilsen når min "
    "eller så var dere ble " },
  { "fi",
    " ja on ei se että en olen ovat mutta kun tai kiitos hei voi minun myös jos oli niin ole mitä tämä kanssa "
    "terveisin sitä vain " },
  { "pl",
    " i w na z nie jest że się do to co jak po ale dla od mam proszę dzień dobry dziękuję pozdrawiam są czy tak "
    "mnie przez może już " },
  { "cs",
    " a je na se že to s v do ne jsem ale jak pro od mám prosím dobrý den děkuji jsou aby nebo také při můj už by "
    "mi tak " },
  { "hu",
    " a az és hogy nem is egy van de ez meg ha csak már kérem köszönöm üdvözlettel vagy mint még nekem szeretnék "
    "volt el ki " },
  { "tr",
    " ve bir bu da de için ile ne mi var değil ben çok daha ama merhaba teşekkürler nasıl olarak lütfen gibi sonra "
    "kadar iyi " },
  { "ro",
    " și în la nu este că o un cu pe de din mai pentru sunt am dar bună mulțumesc vă să ce ați fost care " },
};

/* Returns: (borrowed) for each of the words a bit for every language that it belongs to. Made once, for good. */
static GHashTable *
small_words (void)
{
  static GHashTable *made = NULL;

  G_STATIC_ASSERT (G_N_ELEMENTS (latin) <= 32);
  if (g_once_init_enter (&made)) {
    GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

    for (gsize i = 0; i < G_N_ELEMENTS (latin); i++) {
      g_auto (GStrv) words = g_strsplit (latin[i].words, " ", -1);

      for (gsize k = 0; words[k] != NULL; k++) {
        const char *word = g_intern_string (words[k]);
        const guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (table, word));

        if (*word != '\0')
          g_hash_table_insert (table, (gpointer) word, GUINT_TO_POINTER (bits | 1u << i));
      }
    }
    g_once_init_leave (&made, table);
  }
  return made;
}

static gboolean
is_letter (gunichar u)
{
  return (u < 128 ? g_ascii_isalpha ((char) u) : g_unichar_isalpha (u)) || u == '\'';
}

static const char *
by_script (const guint count[], guint letters)
{
  if (letters < 4)
    return NULL;
  if (count[1] > 0 && (count[1] + count[0]) * 3 > letters)
    return "ja";
  if (count[2] * 3 > letters)
    return "ko";
  if (count[0] * 3 > letters)
    return "zh";
  if (count[3] * 2 > letters)
    return count[8] > 0 ? "uk" : "ru";
  if (count[4] * 2 > letters)
    return "el";
  if (count[5] * 2 > letters)
    return "he";
  if (count[6] * 2 > letters)
    return "ar";
  return count[7] * 2 > letters ? "th" : NULL;
}

static void
count_script (gunichar u, guint count[])
{
  static const struct {
    GUnicodeScript script;
    guint slot;
  } slots[] = {
    { G_UNICODE_SCRIPT_HAN, 0 },      { G_UNICODE_SCRIPT_HIRAGANA, 1 },
    { G_UNICODE_SCRIPT_KATAKANA, 1 }, { G_UNICODE_SCRIPT_HANGUL, 2 },
    { G_UNICODE_SCRIPT_CYRILLIC, 3 }, { G_UNICODE_SCRIPT_GREEK, 4 },
    { G_UNICODE_SCRIPT_HEBREW, 5 },   { G_UNICODE_SCRIPT_ARABIC, 6 },
    { G_UNICODE_SCRIPT_THAI, 7 },
  };
  GUnicodeScript script;

  if (u < 128)
    return;
  script = g_unichar_get_script (u);
  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    count[slots[i].slot] += slots[i].script == script;
  if (u == 0x456 || u == 0x457 || u == 0x454 || u == 0x491)
    count[8]++; /* letters of Ukrainian that Russian lacks */
}

static void
count_word (GHashTable *known, const GString *word, guint score[])
{
  guint bits = 0;

  if (word->len > 0 && word->len < WORD_BYTES)
    bits = GPOINTER_TO_UINT (g_hash_table_lookup (known, word->str));
  for (gsize i = 0; bits != 0; i++, bits >>= 1)
    score[i] += bits & 1;
}

const char *
pn_language_detect (const char *text)
{
  guint count[9] = { 0 };
  guint score[G_N_ELEMENTS (latin)] = { 0 };
  guint letters = 0;
  guint best = 0;
  guint second = 0;
  const char *end = text + strnlen (text, LOOK_BYTES);
  GHashTable *known = small_words ();
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *c = text; *c != '\0' && c < end; c = g_utf8_next_char (c)) {
    gunichar u = (guchar) *c < 128 ? (guchar) *c : g_utf8_get_char (c);

    if (is_letter (u)) {
      letters++;
      count_script (u, count);
      if (u < 128)
        g_string_append_c (word, (char) (u | 0x20)); /* of a letter, and of the apostrophe */
      else
        g_string_append_unichar (word, g_unichar_tolower (u));
      continue;
    }
    count_word (known, word, score);
    g_string_truncate (word, 0);
  }
  const char *script = by_script (count, letters);
  if (script != NULL)
    return script;
  for (gsize i = 1; i < G_N_ELEMENTS (latin); i++)
    best = score[i] > score[best] ? (guint) i : best;
  for (gsize i = 0; i < G_N_ELEMENTS (latin); i++) {
    if (i != best)
      second = MAX (second, score[i]);
  }
  if (score[best] < WORDS_MIN || score[best] * 4 < second * 5 || score[best] == second)
    return NULL;
  return latin[best].code;
}
