#include "kb/synonym.h"

#include <string.h>

#include "kb/article.h"
#include "kb/stem.h"
#include "kb/words.h"
#include "ticketing/core/error.h"

#define LIST_MAX "2000"

static const char list_sql[] = "SELECT words FROM kb_synonym ORDER BY position LIMIT " LIST_MAX;

static const char clear_sql[] = "DELETE FROM kb_synonym";

static const char insert_sql[] = "INSERT INTO kb_synonym (position, words) VALUES (?, ?)";

struct PnSynonyms {
  GPtrArray *groups; /* of GPtrArray of char *: " folded words " */
};

GPtrArray *
pn_synonym_list (PnDb *db, GError **error)
{
  return pn_db_query_texts (db, list_sql, PN_NO_ARGS, error);
}

static gboolean
check_line (const char *line, guint number, GError **error)
{
  const char *comma = strchr (line, ',');

  if (comma == NULL || comma == line || comma[1] == '\0'
      || g_utf8_strlen (line, -1) > PN_SYNONYM_GROUP_MAX_CHARS) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "line %u: words that mean the same, with commas between, at most %d characters",
                  number, PN_SYNONYM_GROUP_MAX_CHARS);
    return FALSE;
  }
  return TRUE;
}

/* Returns: (owned) the groups of @text, checked. */
static GPtrArray *
read_text (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);

    if (*line == '\0')
      continue;
    if (!check_line (line, i + 1, error))
      return NULL;
    g_ptr_array_add (groups, g_strdup (line));
  }
  if (groups->len > PN_SYNONYM_GROUPS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "there are %u groups, at most %d are kept", groups->len,
                  PN_SYNONYM_GROUPS_MAX);
    return NULL;
  }
  return g_steal_pointer (&groups);
}

/* The change number makes every index read them anew. */
static gboolean
replace (PnDb *db, gpointer data, GError **error)
{
  const GPtrArray *groups = data;
  gint64 change_no;

  if (!pn_article_begin_change (db, &change_no, error)
      || !pn_db_exec (db, clear_sql, PN_NO_ARGS, NULL, error))
    return FALSE;
  for (guint i = 0; i < groups->len; i++) {
    if (!pn_db_exec (db, insert_sql, PN_ARGS (pn_int (i), pn_text (groups->pdata[i])), NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_synonym_save (PnDb *db, const char *text, GError **error)
{
  g_autoptr (GPtrArray) groups = read_text (text, error);

  return groups != NULL && pn_db_run (db, replace, groups, error);
}

/* Returns: (owned) the words of @text, folded, with blanks around each. */
static char *
fold_words (const char *text)
{
  g_autoptr (GArray) words = pn_words_split (text);
  GString *folded = g_string_new (" ");

  for (guint i = 0; i < words->len; i++) {
    g_autofree char *one = pn_stem_fold (g_array_index (words, PnWord, i).word);

    g_string_append_printf (folded, "%s ", one);
  }
  return g_string_free (folded, FALSE);
}

static void
free_group (gpointer data)
{
  g_ptr_array_unref (data);
}

static GPtrArray *
make_group (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ",", -1);
  GPtrArray *group = g_ptr_array_new_with_free_func (g_free);

  for (char **part = parts; *part != NULL; part++) {
    g_autofree char *folded = fold_words (*part);

    if (folded[1] != '\0')
      g_ptr_array_add (group, g_steal_pointer (&folded));
  }
  return group;
}

PnSynonyms *
pn_synonyms_new (const GPtrArray *groups)
{
  PnSynonyms *synonyms;

  if (groups->len == 0)
    return NULL;
  synonyms = g_new0 (PnSynonyms, 1);
  synonyms->groups = g_ptr_array_new_with_free_func (free_group);
  for (guint i = 0; i < groups->len; i++)
    g_ptr_array_add (synonyms->groups, make_group (groups->pdata[i]));
  return synonyms;
}

void
pn_synonyms_free (PnSynonyms *synonyms)
{
  if (synonyms == NULL)
    return;
  g_ptr_array_unref (synonyms->groups);
  g_free (synonyms);
}

/* Adds the other words of @group where @folded has some of it. */
static void
add_others (const GPtrArray *group, const char *folded, GPtrArray *others)
{
  gboolean has_one = FALSE;

  for (guint i = 0; i < group->len && !has_one; i++)
    has_one = strstr (folded, group->pdata[i]) != NULL;
  for (guint i = 0; has_one && i < group->len; i++) {
    if (strstr (folded, group->pdata[i]) == NULL)
      g_ptr_array_add (others, g_strstrip (g_strdup (group->pdata[i])));
  }
}

GPtrArray *
pn_synonyms_of (const PnSynonyms *synonyms, const char *text)
{
  g_autofree char *folded = fold_words (text);
  GPtrArray *others = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < synonyms->groups->len; i++)
    add_others (synonyms->groups->pdata[i], folded, others);
  return others;
}
