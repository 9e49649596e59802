/* Escaping: text made harmless for the place where it will stand. Input is valid UTF-8; every function appends. */
#pragma once

#include <glib.h>

void pn_escape_html (GString *out, const char *text, gsize size);

/* Line breaks, controls (C0, DEL, C1) and U+2028, U+2029 become one blank each. */
void pn_escape_header (GString *out, const char *text, gsize size);

/* One component of an address: all but unreserved characters is percent-encoded. Safe in a quoted attribute. */
void pn_escape_url_component (GString *out, const char *text, gsize size);

/* A part of an address: what is never allowed in one is percent-encoded, reserved characters stay, then HTML. */
void pn_escape_url_part (GString *out, const char *text, gsize size);

/* A whole address, or its beginning: as above; one with a scheme other than http, https, mailto, tel becomes "#". */
void pn_escape_url (GString *out, const char *text, gsize size);

/* Returns: TRUE when @url starts with an allowed scheme or has none. */
gboolean pn_url_scheme_is_safe (const char *url, gsize size);
