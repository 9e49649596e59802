/* Export: all articles that are not removed, in the two forms that kb/import reads; importing them again changes
 * nothing. Order: drafts, those in review, published, archived ones, each by age, so that two exports can be compared.
 */
#pragma once

#include <stdio.h>

#include "kb/article.h"

/* Writes a JSON object a line. @count (may be NULL) gets how many. */
gboolean pn_export_lines (PnDb *db, FILE *out, guint *count, GError **error);

/* The name of the folder within a folder of articles where their pictures lie. */
#define PN_EXPORT_IMAGES "images"

/* Writes a Markdown file for each article into @folder, which is made where there is none; files of the same names are
 * replaced, others stay. A file's name comes from the article's id; the id itself stands in the file. Pictures
 * go into a folder of their own below it. */
gboolean pn_export_folder (PnDb *db, const char *folder, guint *count, GError **error);
