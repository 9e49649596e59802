#include "kb/link.h"

#include <string.h>

#include "kb/image.h"
#include "kb/markdown.h"

#define ADDRESS_MAX_CHARS 1000

static const char unchecked_sql[] =
    "SELECT id FROM kb_article WHERE is_checked = 0 ORDER BY id LIMIT ?";

static const char checked_sql[] =
    "UPDATE kb_article SET is_checked = 1 WHERE id = ? AND is_checked = 0";

static const char target_sql[] =
    "SELECT id, state, is_internal FROM kb_article WHERE id = ? AND state <> ?";

static const char named_sql[] =
    "SELECT id, state, is_internal FROM kb_article WHERE external_id = ? AND state <> ?";

static const char forget_sql[] = "DELETE FROM kb_link WHERE article_id = ?";

static const char add_sql[] = "INSERT INTO kb_link (article_id, position, address, target_id)"
                              " VALUES (?, ?, ?, ?)";

static const char *const fault_names[] = {
  [PN_LINK_GOOD] = "",
  [PN_LINK_MISSING] = "missing",
  [PN_LINK_HIDDEN] = "hidden",
  [PN_LINK_MALFORMED] = "malformed",
};

static void
link_free (gpointer data)
{
  PnLink *link = data;

  g_free (link->address);
  g_free (link);
}

const char *
pn_link_fault_name (PnLinkFault fault)
{
  return fault_names[fault];
}

static gboolean
look_for_article (PnDb *db, const PnArticle *article, const char *sql, PnValue key, PnLink *link,
                  GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, sql, PN_ARGS (key, pn_int (PN_ARTICLE_REMOVED)), error);

  if (rows == NULL)
    return FALSE;
  link->fault = PN_LINK_MISSING;
  if (!pn_rows_next (rows))
    return TRUE;
  link->target_id = pn_rows_int (rows, 0);
  link->fault = pn_rows_int (rows, 1) != PN_ARTICLE_PUBLISHED
                        || (pn_rows_int (rows, 2) != 0 && !article->is_internal)
                    ? PN_LINK_HIDDEN
                    : PN_LINK_GOOD;
  return TRUE;
}

static gboolean
look_for_image (PnDb *db, const char *name, PnLink *link, GError **error)
{
  g_autoptr (PnImage) image = NULL;

  if (!pn_image_find (db, name, &image, error))
    return FALSE;
  link->fault = image != NULL ? PN_LINK_GOOD : PN_LINK_MISSING;
  return TRUE;
}

static gboolean
is_well_formed (const char *address)
{
  g_autoptr (GUri) uri = NULL;
  const char *host;

  if (*address == '#' || (*address == '/' && address[1] != '/'))
    return TRUE;
  uri = g_uri_parse (address, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    return FALSE;
  if (strcmp (g_uri_get_scheme (uri), "mailto") == 0)
    return strchr (g_uri_get_path (uri), '@') != NULL;
  host = g_uri_get_host (uri);
  return (strcmp (g_uri_get_scheme (uri), "https") == 0
          || strcmp (g_uri_get_scheme (uri), "http") == 0)
         && host != NULL && *host != '\0' && strpbrk (host, " \"<>") == NULL;
}

static gboolean
look (PnDb *db, const PnArticle *article, PnLink *link, GError **error)
{
  const char *rest = link->address + strlen ("/kb/");
  gint64 id;

  if (g_str_has_prefix (link->address, "article:"))
    return look_for_article (db, article, named_sql, pn_text (link->address + strlen ("article:")),
                             link, error);
  if (g_str_has_prefix (link->address, "image:"))
    return look_for_image (db, link->address + strlen ("image:"), link, error);
  if (g_str_has_prefix (link->address, "/kb/") && g_ascii_isdigit (*rest)) {
    id = g_ascii_strtoll (rest, NULL, 10);
    return look_for_article (db, article, target_sql, pn_int (id), link, error);
  }
  link->fault = is_well_formed (link->address) ? PN_LINK_GOOD : PN_LINK_MALFORMED;
  return TRUE;
}

GPtrArray *
pn_link_check (PnDb *db, const PnArticle *article, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (link_free);
  g_autoptr (GPtrArray) found = pn_markdown_links (article->body, PN_LINKS_OF_ARTICLE);

  for (guint i = 0; i < found->len; i++) {
    const PnMarkdownLink *written = found->pdata[i];
    PnLink *link = g_new0 (PnLink, 1);

    link->address = g_strdup (written->address);
    g_ptr_array_add (list, link);
    if (!look (db, article, link, error))
      return NULL;
  }
  return g_steal_pointer (&list);
}

static gboolean
record (PnDb *db, gint64 article_id, const GPtrArray *links, GError **error)
{
  if (!pn_db_exec (db, forget_sql, PN_ARGS (pn_int (article_id)), NULL, error))
    return FALSE;
  for (guint i = 0; i < links->len; i++) {
    const PnLink *link = links->pdata[i];
    g_autofree char *address = g_utf8_substring (
        link->address, 0, MIN (ADDRESS_MAX_CHARS, g_utf8_strlen (link->address, -1)));

    if ((link->target_id != 0 || link->fault != PN_LINK_GOOD)
        && !pn_db_exec (db, add_sql,
                        PN_ARGS (pn_int (article_id), pn_int (i), pn_text (address),
                                 pn_int_or_null (link->target_id)),
                        NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* The mark is taken first: whoever saves the article meanwhile waits, and marks it again. */
static gboolean
check_one (PnDb *db, gpointer data, GError **error)
{
  gint64 id = *(gint64 *) data;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (GPtrArray) links = NULL;
  gint64 affected = 0;

  if (!pn_db_exec (db, checked_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 0)
    return TRUE;
  if (!pn_article_find (db, id, &article, error))
    return FALSE;
  if (article == NULL)
    return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (id)), NULL, error);
  links = pn_link_check (db, article, error);
  return links != NULL && record (db, id, links, error);
}

gboolean
pn_link_check_round (PnDb *db, guint limit, guint *done, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, unchecked_sql, PN_ARGS (pn_int (limit)), error);

  if (rows == NULL)
    return FALSE;
  *done = 0;
  while (pn_rows_next (rows)) {
    gint64 id = pn_rows_int (rows, 0);

    if (!pn_db_run (db, check_one, &id, error))
      return FALSE;
    *done += 1;
  }
  return TRUE;
}
