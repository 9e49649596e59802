/* Text: small jobs on what strangers wrote. Pure; any thread may call. */
#pragma once

#include <glib.h>

#define PN_ADDRESS_MAX_BYTES 254

/* Returns: (owned) @text as one line: valid UTF-8, control and line-separating characters (C0, DEL, C1, U+2028,
 * U+2029) and bidi overrides as one space each run, no space at the ends, at most @max_bytes long. NULL gives "". */
char *pn_text_clean_line (const char *text, gsize max_bytes);

/* Returns: (owned) the longest start of @text that has at most @max_bytes and ends between characters. @text must be
 * UTF-8. */
char *pn_text_clip (const char *text, gsize max_bytes);

/* Reads a bare e-mail address (local@domain), fit to be put into an SMTP command: no control characters, spaces,
 * angle brackets, quotes; dots placed as RFC 5321 wants; a domain with real labels, or an address literal.
 * Returns: (owned) it with the domain in lower case and as A-labels; NULL with INVALID, which says what is wrong. */
char *pn_text_read_address (const char *text, GError **error);

/* Returns: the domain of an address that pn_text_read_address () made. */
const char *pn_text_address_domain (const char *address);

/* May @name be the name of a calendar or policy, or a log-in: 1 to 40 of a-z 0-9 . _ -, beginning with a letter or digit? */
gboolean pn_text_is_name (const char *name);

/* May @name be the name of a queue, mailbox, team and of what else staff names: 1 to @most of a-z 0-9 -? */
gboolean pn_text_is_label (const char *name, gsize most);

/* Does any of the @n of @list stand in @text, byte for byte? */
gboolean pn_text_has_any (const char *text, const char *const *list, gsize n);

/* Does @host, as it stands in settings and addresses of the web, name this machine: localhost, 127.0.0.0/8, ::1? */
gboolean pn_text_is_loopback (const char *host);

/* Returns: (owned) the host in @url, an address of the web, as it is written there; "" where it names none. */
char *pn_text_url_host (const char *url);

/* Returns: how many single changes turn @a into @b (for "did you mean"). Both are cut at 64 bytes. */
guint pn_text_distance (const char *a, const char *b);
