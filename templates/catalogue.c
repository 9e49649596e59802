#include "templates/catalogue.h"

#include <string.h>

#include "templates/template.h"

typedef struct {
  char *one;
  char *many; /* NULL: no plural */
} Entry;

struct PnCatalogue {
  GHashTable *entries; /* msgid → Entry */
};

typedef enum {
  FIELD_NONE,
  FIELD_CONTEXT,
  FIELD_ID,
  FIELD_PLURAL,
  FIELD_ONE,
  FIELD_MANY,
  FIELD_COUNT
} Field;

typedef struct {
  PnCatalogue *catalogue;
  GString *fields[FIELD_COUNT]; /* NULL: not given */
  Field field;                  /* what a continued line belongs to */
  gboolean is_fuzzy;
  guint line;
} Reader;

static const struct {
  const char *name;
  Field field;
} keywords[] = {
  { "msgctxt", FIELD_CONTEXT }, { "msgid_plural", FIELD_PLURAL }, { "msgid", FIELD_ID },
  { "msgstr[0]", FIELD_ONE },   { "msgstr[1]", FIELD_MANY },      { "msgstr", FIELD_ONE },
};

static void
entry_free (Entry *entry)
{
  g_free (entry->one);
  g_free (entry->many);
  g_free (entry);
}

void
pn_catalogue_free (PnCatalogue *catalogue)
{
  if (catalogue == NULL)
    return;
  g_hash_table_unref (catalogue->entries);
  g_free (catalogue);
}

static gboolean
fail (const Reader *reader, GError **error, const char *what)
{
  g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX, "line %u: %s", reader->line,
               what);
  return FALSE;
}

static void
forget_entry (Reader *reader)
{
  for (Field field = FIELD_NONE; field < FIELD_COUNT; field++) {
    if (reader->fields[field] != NULL)
      g_string_free (reader->fields[field], TRUE);
    reader->fields[field] = NULL;
  }
  reader->field = FIELD_NONE;
  reader->is_fuzzy = FALSE;
}

static gboolean
is_filled (const GString *field)
{
  return field != NULL && field->len > 0;
}

/* The header (empty msgid), fuzzy and untranslated entries and those with a context are not kept. */
static void
keep_entry (Reader *reader)
{
  GString **fields = reader->fields;
  gboolean is_plural = fields[FIELD_PLURAL] != NULL;

  if (is_filled (fields[FIELD_ID]) && is_filled (fields[FIELD_ONE]) && !reader->is_fuzzy
      && fields[FIELD_CONTEXT] == NULL && (!is_plural || is_filled (fields[FIELD_MANY]))) {
    Entry *entry = g_new0 (Entry, 1);

    entry->one = g_strdup (fields[FIELD_ONE]->str);
    entry->many = is_plural ? g_strdup (fields[FIELD_MANY]->str) : NULL;
    g_hash_table_replace (reader->catalogue->entries, g_strdup (fields[FIELD_ID]->str), entry);
  }
  forget_entry (reader);
}

static gboolean
read_string (const Reader *reader, const char *text, GString *out, GError **error)
{
  static const char escapes[] = "n\nt\tr\r\"\"\\\\";
  const char *c = text + 1;

  if (*text != '"')
    return fail (reader, error, "a text in double quotes is missing");
  for (; *c != '"' && *c != '\0'; c++) {
    const char *escape = escapes;

    if (*c != '\\') {
      g_string_append_c (out, *c);
      continue;
    }
    c++;
    while (*escape != '\0' && *escape != *c)
      escape += 2;
    if (*c == '\0' || *escape == '\0')
      return fail (reader, error, "an escape is not known");
    g_string_append_c (out, escape[1]);
  }
  if (*c != '"' || c[1 + strspn (c + 1, " \t\r")] != '\0')
    return fail (reader, error, "a text does not end with a double quote");
  return TRUE;
}

static gboolean
starts_entry (const Reader *reader, Field field)
{
  return reader->fields[FIELD_ONE] != NULL && (field == FIELD_ID || field == FIELD_CONTEXT);
}

static gboolean
read_field (Reader *reader, const char *line, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++) {
    gsize size = strlen (keywords[i].name);
    Field field = keywords[i].field;

    if (strncmp (line, keywords[i].name, size) != 0 || strchr (" \t\"", line[size]) == NULL)
      continue;
    if (starts_entry (reader, field))
      keep_entry (reader);
    if (reader->fields[field] != NULL)
      return fail (reader, error, "the same keyword twice in an entry");
    reader->fields[field] = g_string_new (NULL);
    reader->field = field;
    line += size;
    return read_string (reader, line + strspn (line, " \t"), reader->fields[field], error);
  }
  return fail (reader, error, "this is no line of a catalogue");
}

static gboolean
read_line (Reader *reader, char *line, GError **error)
{
  g_strchomp (line);
  line += strspn (line, " \t");
  if (*line == '\0')
    return TRUE;
  if (*line == '#') {
    if (reader->fields[FIELD_ONE] != NULL)
      keep_entry (reader);
    if (line[1] == ',' && strstr (line, "fuzzy") != NULL)
      reader->is_fuzzy = TRUE;
    return TRUE;
  }
  if (*line != '"')
    return read_field (reader, line, error);
  if (reader->field == FIELD_NONE)
    return fail (reader, error, "a text without a keyword before it");
  return read_string (reader, line, reader->fields[reader->field], error);
}

PnCatalogue *
pn_catalogue_read (const char *text, gsize size, GError **error)
{
  g_autoptr (PnCatalogue) catalogue = g_new0 (PnCatalogue, 1);
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;
  Reader reader = { .catalogue = catalogue };
  gboolean done = TRUE;

  catalogue->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) entry_free);
  if (size > PN_CATALOGUE_MAX_BYTES || memchr (text, '\0', size) != NULL
      || !g_utf8_validate_len (text, size, NULL)) {
    fail (&reader, error, "a catalogue is UTF-8 text of at most 1 MiB");
    return NULL;
  }
  copy = g_strndup (text, size);
  lines = g_strsplit (copy, "\n", -1);
  for (char **line = lines; *line != NULL && done; line++) {
    reader.line++;
    done = read_line (&reader, *line, error);
  }
  if (done)
    keep_entry (&reader);
  forget_entry (&reader);
  return done ? g_steal_pointer (&catalogue) : NULL;
}

void
pn_catalogue_each (const PnCatalogue *catalogue, PnCatalogueEach each, gpointer data)
{
  GHashTableIter iter;
  gpointer text;
  gpointer entry;

  g_hash_table_iter_init (&iter, catalogue->entries);
  while (g_hash_table_iter_next (&iter, &text, &entry))
    if (((const Entry *) entry)->many == NULL)
      each (text, ((const Entry *) entry)->one, data);
}

const char *
pn_catalogue_find (const PnCatalogue *catalogue, const char *text)
{
  const Entry *entry = catalogue == NULL ? NULL : g_hash_table_lookup (catalogue->entries, text);

  return entry == NULL ? NULL : entry->one;
}

const char *
pn_catalogue_find_plural (const PnCatalogue *catalogue, const char *one, const char *many, gint64 n)
{
  const Entry *entry = catalogue == NULL ? NULL : g_hash_table_lookup (catalogue->entries, one);

  if (entry == NULL || entry->many == NULL)
    return n == 1 ? one : many;
  return n == 1 ? entry->one : entry->many;
}

/* Returns: the weight of @item ("de-AT;q=0.8") when its first subtag is @language, else -1. */
static double
weight_for (const char *item, const char *language)
{
  gsize size = strlen (language);
  const char *weight = strstr (item, "q=");

  if (g_ascii_strncasecmp (item, language, size) != 0 || g_ascii_isalnum (item[size]))
    return -1.0;
  return weight == NULL ? 1.0 : g_ascii_strtod (weight + strlen ("q="), NULL);
}

const char *
pn_language_negotiate (const char *accept_language, const char *const *languages)
{
  const char *best = languages[0];
  double best_weight = 0.0;
  g_auto (GStrv) items = NULL;

  if (accept_language == NULL)
    return best;
  items = g_strsplit (accept_language, ",", 32);
  for (char **item = items; *item != NULL; item++) {
    g_strstrip (*item);
    for (const char *const *language = languages; *language != NULL; language++) {
      double weight = weight_for (*item, *language);

      if (weight > best_weight) {
        best_weight = weight;
        best = *language;
      }
    }
  }
  return best;
}
