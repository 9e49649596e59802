/* Text: bytes of any charset in, valid UTF-8 out, for any bytes and in linear time.
 *
 *   declared charset (with the aliases and lies of the wild) → a byte order mark → valid UTF-8 → ISO-2022-JP by its
 *   escapes → windows-1252
 *
 * What cannot be decoded becomes U+FFFD. NUL bytes are dropped. Pure; any thread.
 */
#pragma once

#include <glib.h>

/* Loads the common charsets once, for a process that will not be able to open files. */
void pn_mime_text_warm_up (void);

/* Returns: (owned) @bytes as UTF-8. @charset is what the mail said or NULL. @is_guess (may be NULL) is set to TRUE when
 * the charset was missing, unknown or wrong for these bytes, otherwise left alone. */
char *pn_mime_text_decode (const void *bytes, gsize size_bytes, const char *charset,
                           gboolean *is_guess);

/* Changes @text in place: CR LF and CR become LF, other control characters but TAB vanish. */
void pn_mime_text_clean (char *text);

/* Returns: (owned) @text as one line: line breaks (U+0085, U+2028, U+2029 too) and TABs become spaces, other control
 * characters vanish, runs of spaces become one, none at the ends. */
char *pn_mime_text_line (const char *text);
