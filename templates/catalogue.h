/* Catalogue: the translations of one language, read from a gettext .po file.
 *
 *   # comment          #, fuzzy          msgid "one mail"
 *   msgid "Reply"      (entry skipped)   msgid_plural "{n} mails"
 *   msgstr "Antworten"                   msgstr[0] "eine E-Mail"  msgstr[1] "{n} E-Mails"
 *
 * English is the source: its texts are the keys. Plurals are of the English and German kind: one, and not one.
 * gettext itself follows the process's locale; a gateway answers each person in their own language.
 * A catalogue never changes after it was read: any thread may use it.
 */
#pragma once

#include <glib.h>

#define PN_CATALOGUE_MAX_BYTES (1024 * 1024)

typedef struct PnCatalogue PnCatalogue;

/* Returns: (owned) the catalogue in @text (valid UTF-8, @size bytes); NULL with PN_TEMPLATE_ERROR_SYNTAX naming the
 * line. Entries that are fuzzy or empty are left out. */
PnCatalogue *pn_catalogue_read (const char *text, gsize size, GError **error);
void pn_catalogue_free (PnCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnCatalogue, pn_catalogue_free)

/* Calls @each with every text without a plural and its translation (both borrowed from the catalogue), in no order. */
typedef void (*PnCatalogueEach) (const char *text, const char *translation, gpointer data);
void pn_catalogue_each (const PnCatalogue *catalogue, PnCatalogueEach each, gpointer data);

/* Returns: (borrowed) @text in the catalogue's language, or NULL. @catalogue may be NULL. */
const char *pn_catalogue_find (const PnCatalogue *catalogue, const char *text);

/* Returns: (borrowed) the form of @one for the number @n; of @one and @many themselves where none is known. */
const char *pn_catalogue_find_plural (const PnCatalogue *catalogue, const char *one,
                                      const char *many, gint64 n);

/* Chooses by the header Accept-Language (RFC 9110, 12.5.4; NULL: none): highest weight first, "de-AT" matches "de".
 * Returns: (borrowed) the one of @languages (NULL-terminated) that fits best, else the first. */
const char *pn_language_negotiate (const char *accept_language, const char *const *languages);
