#include "ticketing/search.h"

#include <string.h>

#include "ticketing/core/text.h"
#include "ticketing/search_private.h"

/* Characters that are looked for as they are: each is a term of its own. */
#define SYMBOLS "%_\\+-*\""

/* Letters that NFKD leaves whole. */
static const struct {
  gunichar letter;
  const char *folded;
} whole_letters[] = {
  { 0x00e6, "ae" }, { 0x0153, "oe" }, { 0x00f8, "o" }, { 0x0111, "d" }, { 0x00f0, "d" },
  { 0x0142, "l" },  { 0x00fe, "th" }, { 0x0131, "i" }, { 0x0127, "h" }, { 0x03c2, "σ" },
};

typedef enum { SEPARATOR, SYMBOL, LETTER, DENSE } Kind;

/* Accents and points that readers leave out; marks of other scripts make other words. */
static gboolean
is_accent (gunichar c)
{
  return (c >= 0x0300 && c <= 0x036f) || (c >= 0x0591 && c <= 0x05c7)
         || (c >= 0x064b && c <= 0x065f) || c == 0x0670 || (c >= 0x1ab0 && c <= 0x1aff)
         || (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff)
         || (c >= 0xfe20 && c <= 0xfe2f);
}

/* Scripts that put no spaces between words. */
static gboolean
is_dense (gunichar c)
{
  switch (g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_HANGUL:
  case G_UNICODE_SCRIPT_BOPOMOFO:
  case G_UNICODE_SCRIPT_THAI:
  case G_UNICODE_SCRIPT_LAO:
  case G_UNICODE_SCRIPT_KHMER:
  case G_UNICODE_SCRIPT_MYANMAR: return TRUE;
  default: /* GLib's list of scripts grows */ return FALSE;
  }
}

static Kind
kind_of (gunichar c)
{
  if (c < 0x80) {
    if (g_ascii_isalnum ((char) c))
      return LETTER;
    return c != 0 && strchr (SYMBOLS, (char) c) != NULL ? SYMBOL : SEPARATOR;
  }
  if (!g_unichar_isalnum (c) && !g_unichar_ismark (c) && c != 0x30fc)
    return SEPARATOR;
  return is_dense (c) || c == 0x30fc ? DENSE : LETTER;
}

static void
append_folded (GString *folded, gunichar c)
{
  for (gsize i = 0; i < G_N_ELEMENTS (whole_letters); i++) {
    if (whole_letters[i].letter == c) {
      g_string_append (folded, whole_letters[i].folded);
      return;
    }
  }
  g_string_append_unichar (folded, c);
}

static gboolean
is_ascii (const char *text)
{
  while ((*text & 0x80) == 0 && *text != '\0')
    text++;
  return *text == '\0';
}

/* Returns: (owned) @text without case and accents, composed again (Hangul falls apart in NFKD). Most text is ASCII, for
 * which all of that is small letters. */
static char *
fold (const char *text)
{
  if (is_ascii (text))
    return g_ascii_strdown (text, -1);

  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *lower = g_utf8_casefold (valid, -1); /* ß becomes ss */
  g_autofree char *apart = g_utf8_normalize (lower, -1, G_NORMALIZE_NFKD);
  g_autofree char *again = g_utf8_casefold (apart, -1); /* NFKD may show capitals: ℌ */
  g_autoptr (GString) folded = g_string_sized_new (strlen (again));

  for (const char *c = again; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (!is_accent (letter))
      append_folded (folded, letter);
  }
  return g_utf8_normalize (folded->str, -1, G_NORMALIZE_NFC);
}

static gboolean
give (const char *start, const char *end, PnTermKind kind, PnSearchTermFunc func, gpointer data)
{
  g_autofree char *whole = g_strndup (start, (gsize) (end - start));
  g_autofree char *term = pn_text_clip (whole, PN_SEARCH_TERM_BYTES);

  return *term == '\0' || func (term, kind, data);
}

/* A run without spaces gives its pairs, and its last character alone: a single one is looked for as a beginning. */
static gboolean
give_pairs (const char *start, const char *end, gboolean is_query, PnSearchTermFunc func,
            gpointer data)
{
  const char *next;

  for (const char *c = start; c < end; c = next) {
    next = g_utf8_next_char (c);
    if (next < end && !give (c, g_utf8_next_char (next), PN_TERM_WHOLE, func, data))
      return FALSE;
    if (next >= end && (!is_query || c == start))
      return give (c, end, PN_TERM_BEGINNING, func, data);
  }
  return TRUE;
}

static const char *
run_end (const char *start, Kind kind)
{
  const char *end = g_utf8_next_char (start);

  while (*end != '\0'
         && (kind_of (g_utf8_get_char (end)) == kind || g_unichar_ismark (g_utf8_get_char (end))))
    end = g_utf8_next_char (end);
  return end;
}

void
pn_search_each_term (const char *text, gboolean is_query, PnSearchTermFunc func, gpointer data)
{
  g_autofree char *folded = fold (text);
  gboolean goes_on = TRUE;
  const char *end;

  for (const char *c = folded; goes_on && *c != '\0'; c = end) {
    Kind kind = kind_of (g_utf8_get_char (c));

    end = g_utf8_next_char (c);
    switch (kind) {
    case SEPARATOR: break;
    case SYMBOL: goes_on = give (c, end, PN_TERM_WHOLE, func, data); break;
    case LETTER:
      end = run_end (c, kind);
      goes_on = give (c, end, *end == '\0' ? PN_TERM_LAST : PN_TERM_WHOLE, func, data);
      break;
    case DENSE:
      end = run_end (c, kind);
      goes_on = give_pairs (c, end, is_query, func, data);
      break;
    }
  }
}

typedef struct {
  GHashTable *known; /* of the terms in the array */
  GPtrArray *terms;
  gsize limit;
} Collection;

static gboolean
collect (const char *term, PnTermKind kind, gpointer data)
{
  Collection *collection = data;
  char *copy;

  if (g_hash_table_contains (collection->known, term))
    return TRUE;
  if (collection->terms->len >= collection->limit)
    return FALSE;
  copy = g_strdup (term);
  g_ptr_array_add (collection->terms, copy);
  g_hash_table_add (collection->known, copy);
  return TRUE;
}

GPtrArray *
pn_search_terms (const char *text, gsize limit)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  Collection collection = { known, g_ptr_array_new_with_free_func (g_free), limit };

  pn_search_each_term (text, FALSE, collect, &collection);
  return collection.terms;
}

char *
pn_search_sender_term (const char *word)
{
  g_autofree char *term = g_strdup_printf ("%c%s", PN_SEARCH_SENDER, word);

  return pn_text_clip (term, PN_SEARCH_TERM_BYTES);
}

void
pn_search_add_sender_terms (GPtrArray *terms, const char *name, const char *address)
{
  g_autofree char *both = g_strdup_printf ("%s %s", name, address);
  g_autofree char *folded = fold (address);
  const char *at = strrchr (folded, '@');
  g_autoptr (GPtrArray) words = pn_search_terms (both, 50);

  if (*folded != '\0')
    g_ptr_array_add (terms, pn_search_sender_term (folded));
  if (at != NULL)
    g_ptr_array_add (terms, pn_search_sender_term (at));
  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (terms, pn_search_sender_term (words->pdata[i]));
}
