/* Images: pictures of articles, named by what is in them, so that a text with its pictures may move between bases.
 *
 *   name      = the first 32 hex digits of the SHA-256 of its bytes "." png | jpg | gif | webp
 *   in a text = ![a punched card](image:0f3a….png)
 *
 * What a picture is, its first bytes say; nothing that can hold script is one. It is for everybody once an article that
 * everybody may read shows it. Owns the tables kb_image and kb_image_use.
 */
#pragma once

#include "ticketing/core/blob.h"

#define PN_IMAGE_MAX_BYTES (8 * 1024 * 1024)
#define PN_IMAGES_OF_ARTICLE 200

typedef struct {
  char *name;
  guint8 sha[PN_SHA256_BYTES];
  char *type; /* "image/png" */
  gint64 size_bytes;
  char *label; /* the file's name, as it came */
  gboolean is_public;
} PnImage;

void pn_image_free (PnImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnImage, pn_image_free)

/* Stores the picture, once. @name (owned) gets its name. INVALID when it is none or too large. Not in a transaction. */
gboolean pn_image_store (PnDb *db, GBytes *bytes, const char *label, char **name, GError **error);

/* Returns: TRUE, and in @image (owned) it, or NULL when there is none. */
gboolean pn_image_find (PnDb *db, const char *name, PnImage **image, GError **error);

/* Returns: (owned) the names in @text, of char *, each once. Pure. */
GPtrArray *pn_image_names (const char *text);
gboolean pn_image_is_name (const char *name);

/* Notes which pictures the text of the article shows; in its transaction. */
gboolean pn_image_set_uses (PnDb *db, gint64 article_id, const char *text, GError **error);

/* Returns: (owned) at most @limit names behind @after ("" at first), of char *, in order. */
GPtrArray *pn_image_list (PnDb *db, const char *after, guint limit, GError **error);

#define PN_IMAGE_GRACE (7 * PN_DAY) /* for a text that is being written with it */

/* Looks at one picture that was not looked at for PN_IMAGE_GRACE, and forgets it when no article, no change that waits
 * and no kept version shows it. @done: 1 when there was one to look at. The bytes go
 * with the sweep of blobs: a mail may have the same. */
gboolean pn_image_sweep (PnDb *db, guint *done, gboolean *is_gone, GError **error);

/* Calls @each with the name of the bytes of each picture, until it fails. */
typedef gboolean (*PnImageEach) (PnDb *db, const guint8 sha[PN_SHA256_BYTES], gpointer data,
                                 GError **error);
gboolean pn_image_each_blob (PnDb *db, PnImageEach each, gpointer data, GError **error);
