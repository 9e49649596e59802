#include "kb/courtesy.h"

#include <string.h>

#include "kb/stem.h"
#include "kb/words.h"

#define PHRASE_WORDS_MAX 8
#define AFTER_CLOSING 40 /* words of a name and an address */
#define AFTER_THANKS 5
#define TITLE_WORDS 5 /* "Dear Professor Dr. Anna Miller," */
#define NAME_WORDS 2

typedef enum {
  KIND_ADDRESS,  /* an opening that is followed by whom it speaks to, up to a comma */
  KIND_OPENING,  /* one that may stand alone */
  KIND_FOLLOWER, /* who is spoken to, behind an opening without a comma */
  KIND_FILLER,
  KIND_THANKS, /* a filler that may be the closing, too */
  KIND_CLOSING,
  KIND_SIGN,  /* a closing where a sentence begins, a word like others elsewhere: "Samsung LG" */
  KIND_QUOTE, /* an older letter begins */
} Kind;

/* Folded words, phrases apart by "|". */
static const struct {
  Kind kind;
  const char *phrases;
} table[] = {
  { KIND_ADDRESS,
    "dear|sehr geehrte|sehr geehrter|liebe|lieber|liebes|cher|chere|chers|estimado|estimada|"
    "estimados|prezado|prezada|prezados|prezadas|caro|caros|gentile|gentili|egregio|"
    "spettabile|geachte|exmo|exma|exmos|exmas" },
  { KIND_OPENING,
    "hello|hi|hey|hiya|howdy|greetings|good morning|good afternoon|good evening|good day|"
    "to whom it may concern|hallo|guten tag|guten morgen|guten abend|moin|moin moin|servus|"
    "gruezi|gruss gott|bonjour|bonsoir|salut|madame monsieur|hola|buenos dias|buenas tardes|"
    "buenas noches|buenas|ola|oi|bom dia|boa tarde|boa noite|buongiorno|buonasera|"
    "buon giorno|salve|ciao|hoi|goedemorgen|goedendag|goedemiddag|goedenavond" },
  { KIND_FOLLOWER,
    "there|all|everyone|everybody|team|guys|folks|sir|madam|sir or madam|sir madam|sirs|support|"
    "support team|friend|friends|zusammen|miteinander|ihr lieben|damen und herren|"
    "liebes team|liebes support team|a tous|tout le monde|madame monsieur|a todos|a todas|"
    "senores|senor|pessoal|senhores|tutti|a tutti|allemaal|heer mevrouw" },
  { KIND_FILLER,
    "i hope you are well|i hope you are doing well|hope you are well|hope you are doing well|"
    "i hope this email finds you well|hope this email finds you well|i hope this finds you well|"
    "please advise|please help|please help me|please let me know|let me know|can you help|"
    "can you help me|could you help me|can you please help|can you please help me|"
    "could you please help me|can somebody help me|can someone help me|i need your help|"
    "i need some help|i need help|hope you can help|i hope you can help|hope you can help me|"
    "i hope you can help me|looking forward to hearing from you|looking forward to hear from you|"
    "i look forward to hearing from you|looking forward to your reply|looking forward to your answer|"
    "looking forward to your response|i look forward to your reply|any help would be appreciated|"
    "any help is appreciated|any help would be great|i would appreciate your help|"
    "your help is appreciated|as soon as possible|asap|i have a question|i have a quick question|"
    "just a quick question|quick question|i was wondering|i am wondering|im wondering|just wondering|"
    "i am writing to you|i would like to know|id like to know|i want to know|i wanted to know|"
    "i would like to ask|i wanted to ask|i want to ask|can you tell me|can you please tell me|"
    "could you tell me|could you please tell me|please tell me|tell me|do you know|can you please|"
    "could you please|would you please|can you kindly|could you kindly|kindly|please|pls|plz|"
    "sorry to bother you|sorry to bother you again|sorry for bothering you|excuse me|"
    "please get back to me|get back to me|have a nice day|have a great day|have a good day|"
    "have a nice weekend|have a great weekend" },
  { KIND_FILLER,
    "ich hoffe es geht ihnen gut|ich hoffe euch geht es gut|ich hoffe sie konnen mir helfen|"
    "ich hoffe ihr konnt mir helfen|konnen sie mir helfen|konnen sie mir bitte helfen|"
    "konnt ihr mir helfen|konnt ihr mir bitte helfen|konnten sie mir bitte helfen|bitte um hilfe|"
    "ich bitte um hilfe|ich brauche hilfe|ich brauche ihre hilfe|ich habe eine frage|"
    "ich hatte eine frage|ich hatte gerne gewusst|ich hatte gern gewusst|ich wollte fragen|"
    "ich wollte nachfragen|ich mochte wissen|ich wurde gerne wissen|ich wurde gern wissen|"
    "konnen sie mir sagen|konnen sie mir bitte sagen|konnten sie mir sagen|"
    "konnten sie mir bitte mitteilen|konnen sie mir mitteilen|konnen sie bitte|konnten sie bitte|"
    "konnt ihr bitte|kann mir jemand sagen|kann mir jemand helfen|wissen sie|ich freue mich auf ihre antwort|"
    "ich freue mich auf eine antwort|ich freue mich auf ihre ruckmeldung|uber eine antwort wurde ich mich freuen|"
    "ich bitte um ruckmeldung|bitte um ruckmeldung|bitte um antwort|ich bitte um antwort|"
    "ich bitte um rasche antwort|fur ihre hilfe|fur ihre muhe|fur eure hilfe|so schnell wie moglich|"
    "schnellstmoglich|baldmoglichst|bitte|schonen tag noch|einen schonen tag|schones wochenende|"
    "entschuldigen sie die storung|entschuldigung" },
  { KIND_FILLER,
    "j espere que vous allez bien|j ai une question|je voudrais savoir|"
    "j aimerais savoir|je souhaiterais savoir|je souhaite savoir|pouvez vous m aider|"
    "pourriez vous m aider|pouvez vous me dire|"
    "pourriez vous me dire|s il vous plait|svp|s il te plait|"
    "dans l attente de votre reponse|en attente de votre reponse|dans l attente de vous lire|"
    "bonne journee|excusez moi|des que possible|"
    "espero que esten bien|espero que este bien|tengo una pregunta|tengo una duda|quisiera saber|"
    "me gustaria saber|queria saber|quiero saber|quisiera preguntar|pueden ayudarme|me pueden ayudar|"
    "me puede ayudar|puede ayudarme|me pueden decir|puede decirme|por favor|necesito ayuda|"
    "quedo a la espera de su respuesta|espero su respuesta|que tengan un buen dia|lo antes posible|"
    "espero que esteja tudo bem|tenho uma duda|tenho uma duvida|tenho uma pergunta|gostaria de saber|"
    "gostava de saber|queria saber se|queria perguntar|podem ajudar me|podem me ajudar|pode me ajudar|"
    "podem dizer me|pode dizer me|poderiam informar|preciso de ajuda|fico a aguardar|"
    "aguardo resposta|aguardo a vossa resposta|aguardo retorno|o mais rapido possivel|se faz favor|"
    "spero che stiate bene|ho una domanda|vorrei sapere|volevo sapere|mi piacerebbe sapere|"
    "potete aiutarmi|puo aiutarmi|mi potete aiutare|potete dirmi|mi sapete dire|per favore|"
    "per cortesia|ho bisogno di aiuto|resto in attesa|in attesa di un vostro riscontro|"
    "il prima possibile|buona giornata|ik hoop dat het goed met u gaat|ik heb een vraag|"
    "ik zou graag willen weten|ik wil graag weten|kunt u mij helpen|kunnen jullie mij helpen|"
    "kunt u mij vertellen|alstublieft|alsjeblieft|aub|graag hoor ik van u|ik hoor graag van u|"
    "zo snel mogelijk" },
  { KIND_THANKS,
    "thanks|thank you|thanks a lot|thanks in advance|thank you in advance|many thanks|thank you very much|"
    "thank you so much|thanks so much|thx|thanks for your help|thank you for your help|"
    "thanks for your time|thank you for your time|thanks and regards|danke|danke schon|dankeschon|"
    "vielen dank|besten dank|herzlichen dank|danke im voraus|vielen dank im voraus|danke fur ihre hilfe|"
    "vielen dank fur ihre hilfe|danke euch|merci|merci beaucoup|merci d avance|"
    "merci par avance|je vous remercie|gracias|muchas gracias|gracias de antemano|obrigado|obrigada|"
    "muito obrigado|muito obrigada|desde ja obrigado|grazie|grazie mille|grazie in anticipo|"
    "vi ringrazio|bedankt|bij voorbaat dank|alvast bedankt|dank u|dank je wel" },
  { KIND_CLOSING,
    "best regards|kind regards|kindest regards|warm regards|with regards|best wishes|"
    "yours sincerely|yours faithfully|yours truly|mit freundlichen grussen|"
    "mit freundlichem gruss|mit freundlichen gruessen|mit besten grussen|mit vielen grussen|"
    "freundliche grusse|freundlicher gruss|viele grusse|viele gruesse|beste grusse|"
    "liebe grusse|schone grusse|herzliche grusse|mit herzlichen grussen|bien cordialement|"
    "tres cordialement|meilleures salutations|salutations distinguees|bien a vous|un saludo|"
    "saludos cordiales|cordiales saludos|com os melhores cumprimentos|melhores cumprimentos|"
    "os meus cumprimentos|cordiali saluti|distinti saluti|un cordiale saluto|"
    "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|"
    "von meinem iphone gesendet" },
  { KIND_SIGN,
    "regards|sincerely|respectfully|br|cheers|mfg|lg|vg|hochachtungsvoll|cordialement|"
    "salutations|saludos|atentamente|atenciosamente|cumprimentos|cordialmente|saluti|groeten|"
    "groetjes|mvg|sent from my|gesendet von|envoye de mon|enviado desde|enviado do meu|"
    "inviato da|verstuurd vanaf" },
  { KIND_QUOTE, "original message|original appointment|ursprungliche nachricht|forwarded message|"
                "weitergeleitete nachricht|message d origine|mensaje original|mensagem original|"
                "messaggio originale|oorspronkelijk bericht" },
};

/* "On Monday Anna wrote:" */
static const char *const wrote[] = { "wrote",    "schrieb", "ecrit",   "escribio",
                                     "escreveu", "scritto", "schreef", NULL };

typedef struct {
  Kind kind;
  guint n;
  char **words;
} Phrase;

/* A word of the text: what it is folded, where it stands. */
typedef struct {
  char *folded;
  guint start, end;
  gboolean is_gone;
} Word;

static void
clear_word (gpointer data)
{
  g_free (((Word *) data)->folded);
}

static gpointer
make_phrases (gpointer unused G_GNUC_UNUSED)
{
  GHashTable *phrases = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize t = 0; t < G_N_ELEMENTS (table); t++) {
    g_auto (GStrv) list = g_strsplit (table[t].phrases, "|", -1);

    for (gsize i = 0; list[i] != NULL; i++) {
      Phrase *phrase = g_new (Phrase, 1);
      GPtrArray *others;

      phrase->kind = table[t].kind;
      phrase->words = g_strsplit (list[i], " ", -1);
      phrase->n = g_strv_length (phrase->words);
      g_assert (phrase->n <= PHRASE_WORDS_MAX);
      others = g_hash_table_lookup (phrases, phrase->words[0]);
      if (others == NULL) {
        others = g_ptr_array_new ();
        g_hash_table_insert (phrases, phrase->words[0], others);
      }
      g_ptr_array_add (others, phrase);
    }
  }
  return phrases;
}

/* By their first word. Made once, kept for good. */
static GHashTable *
all_phrases (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_phrases, NULL);
}

static Word *
word_at (GArray *words, guint i)
{
  return &g_array_index (words, Word, i);
}

static GArray *
fold_words (const char *text)
{
  g_autoptr (GArray) split = pn_words_split (text);
  GArray *words = g_array_sized_new (FALSE, TRUE, sizeof (Word), split->len);

  g_array_set_clear_func (words, clear_word);
  for (guint i = 0; i < split->len; i++) {
    const PnWord *from = &g_array_index (split, PnWord, i);
    Word word = { pn_stem_fold (from->word), from->start, from->end, FALSE };

    g_array_append_val (words, word);
  }
  return words;
}

/* Is there an end of a sentence or line between the words? */
static gboolean
has_between (const char *text, GArray *words, guint i, const char *characters)
{
  guint from = i == 0 ? 0 : word_at (words, i - 1)->end;
  guint to = i < words->len ? word_at (words, i)->start : (guint) strlen (text);

  for (guint c = from; c < to; c++) {
    if (strchr (characters, text[c]) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* Returns: the longest phrase at word @i of one of the kinds; NULL. */
static const Phrase *
phrase_at (GArray *words, guint i, guint kinds)
{
  const GPtrArray *list =
      i < words->len ? g_hash_table_lookup (all_phrases (), word_at (words, i)->folded) : NULL;
  const Phrase *best = NULL;

  for (guint p = 0; list != NULL && p < list->len; p++) {
    const Phrase *phrase = list->pdata[p];
    guint k = 1;

    if ((kinds & (1u << phrase->kind)) == 0 || i + phrase->n > words->len
        || (best != NULL && best->n >= phrase->n))
      continue;
    while (k < phrase->n && strcmp (phrase->words[k], word_at (words, i + k)->folded) == 0)
      k++;
    best = k == phrase->n ? phrase : best;
  }
  return best;
}

static void
drop (GArray *words, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    word_at (words, i)->is_gone = TRUE;
}

/* Returns: how many words from @i on are a name, up to a comma, at most @most; 0: no comma that soon. */
static guint
count_name (const char *text, GArray *words, guint i, guint most)
{
  for (guint n = 1; n <= most && i + n <= words->len; n++) {
    if (has_between (text, words, i + n, ",!:;\n"))
      return n;
  }
  return 0;
}

/* The greeting at word @i, which begins a sentence. Returns: the words it has. */
static guint
drop_opening (const char *text, GArray *words, guint i)
{
  const Phrase *phrase = phrase_at (words, i, 1u << KIND_ADDRESS | 1u << KIND_OPENING);
  const Phrase *follower;
  guint n;

  if (phrase == NULL)
    return 0;
  n = phrase->n;
  if (!has_between (text, words, i + n, ",.!:;\n")) {
    follower = phrase_at (words, i + n, 1u << KIND_FOLLOWER);
    if (follower != NULL)
      n += follower->n;
    else
      n += count_name (text, words, i + n, phrase->kind == KIND_ADDRESS ? TITLE_WORDS : NAME_WORDS);
  }
  if (n == phrase->n && phrase->kind == KIND_ADDRESS)
    return 0; /* "dear" alone is a word like others */
  drop (words, i, n);
  return n;
}

/* Does the letter end with what begins at word @i? */
static gboolean
is_close (const char *text, GArray *words, guint i, const Phrase *phrase)
{
  guint rest = words->len - i - phrase->n;
  guint most = phrase->kind == KIND_THANKS ? AFTER_THANKS : AFTER_CLOSING;

  return rest <= most && strchr (text + word_at (words, i)->end, '?') == NULL
         && (phrase->kind != KIND_THANKS || has_between (text, words, i + phrase->n, ",.!\n"))
         && (phrase->kind != KIND_SIGN || word_at (words, i - 1)->is_gone
             || has_between (text, words, i, ",.!?\n"));
}

/* Returns: the first word of the line that says who wrote what is quoted from there on, which ends with word @i; 0: it is
 * none. */
static guint
find_quote (const char *text, GArray *words, guint i)
{
  guint from = i;

  if (!g_strv_contains (wrote, word_at (words, i)->folded)
      || text[word_at (words, i)->end + strspn (text + word_at (words, i)->end, " ")] != ':')
    return 0;
  while (from > 0 && i - from < AFTER_CLOSING && !has_between (text, words, from, "!?\n"))
    from--;
  return from;
}

static void
mark (const char *text, GArray *words)
{
  const guint kinds = 1u << KIND_FILLER | 1u << KIND_THANKS | 1u << KIND_CLOSING | 1u << KIND_SIGN
                      | 1u << KIND_QUOTE;
  guint i = 0;

  while (i < words->len) {
    guint n = i == 0 || has_between (text, words, i, ".!?\n") ? drop_opening (text, words, i) : 0;
    const Phrase *phrase = n == 0 ? phrase_at (words, i, kinds) : NULL;
    gboolean is_begun = i > 0 && phrase != NULL;
    guint quote = find_quote (text, words, i);

    if (quote > 0) {
      drop (words, quote, words->len - quote);
      return;
    }
    if (is_begun
        && (phrase->kind == KIND_QUOTE
            || (phrase->kind != KIND_FILLER && is_close (text, words, i, phrase)))) {
      drop (words, i, words->len - i);
      return;
    }
    if (phrase != NULL && (phrase->kind == KIND_FILLER || phrase->kind == KIND_THANKS)) {
      n = phrase->n;
      drop (words, i, n);
    }
    i += MAX (n, 1);
  }
}

char *
pn_courtesy_strip (const char *text)
{
  g_autoptr (GArray) words = fold_words (text);
  GString *out = g_string_sized_new (strlen (text));
  guint kept = 0, at = 0;

  mark (text, words);
  for (guint i = 0; i < words->len; i++) {
    const Word *word = word_at (words, i);

    if (word->start < at)
      continue;
    if (!word->is_gone || i == 0 || !word_at (words, i - 1)->is_gone
        || !pn_words_is_elided (text, at, word->start))
      g_string_append_len (out, text + at, word->start - at);
    if (!word->is_gone)
      g_string_append_len (out, text + word->start, word->end - word->start);
    kept += word->is_gone ? 0 : 1;
    at = word->end;
  }
  if (kept == 0)
    g_string_assign (out, text);
  else
    g_string_append (out, text + at);
  return g_string_free (out, FALSE);
}
