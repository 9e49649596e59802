/* Sanitise: strangers' HTML made harmless.
 *
 *   bytes ─► bounds checked ─► parsed as a browser does (gumbo) ─► what is on the list is written anew ─► again, until
 *   nothing changes
 *
 * What comes out holds only elements and attributes of a list, no script, style sheet, form, frame, object, SVG, MathML,
 * id or name; addresses of links are http, https or mailto, of images cid; inline styles are a list of properties
 * without functions but rgb (). A picture from elsewhere becomes <img class="remote" alt="…"> without an address:
 * nothing that is shown loads anything. Links get rel="noopener noreferrer nofollow" target="_blank".
 * The result is well formed, and sanitising it again changes nothing.
 *
 * Time and memory are linear in the size: what would make the parser slow is refused before it is parsed. Whoever
 * parses mail still does it in a process of its own. Pure functions, any thread.
 */
#pragma once

#include <glib.h>

#include "templates/escape.h"

#define PN_SANITISE_MAX_BYTES (1024 * 1024) /* of what goes in and of what comes out */

typedef struct {
  gboolean
      allow_local; /* addresses that begin with one "/" or with "#" stay, and ids "h-…" of headings: for our own articles */
  /* Gives an address for the picture with this Content-ID (without <>): (owned) text beginning with "/", or NULL where
   * it is not known. NULL: "cid:" addresses stay. What comes out is to be shown, not to be sanitised again. */
  char *(*image_address) (const char *content_id, gpointer data);
  gpointer data;
} PnSanitiseOptions;

/* Returns: (owned) @html (@size bytes, any bytes) made harmless, valid UTF-8; NULL when it is too large or too deeply
 * nested to be parsed safely: the caller shows the text instead. @options may be NULL. */
char *pn_sanitise_html (const char *html, gsize size, const PnSanitiseOptions *options);
