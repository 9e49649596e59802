/* An article as a Markdown file with front matter, a small part of YAML:
 *
 *   file   = [ "---" LF *line "---" LF ] body             without the first line everything is body
 *   line   = key ":" [ value ] | "  - " value | "#" comment | blank
 *   value  = "…" with JSON's escapes | '…' with '' for ' | [ value, … ] | the rest of the line as it is
 *   key    = id title language category state visibility owner translation_of translated publish published review
 *            created updated questions; lines of other keys are passed over
 *
 * The body is what follows, byte for byte, so writing and reading give the same article again. Pure; any thread may
 * call.
 */
#pragma once

#include "kb/article.h"

/* Reads @text (valid UTF-8 or not). @fallback_id: the id when the file names none; the title is then the first heading,
 * else the id. Returns: (owned) NULL with INVALID, which names the line. */
PnArticle *pn_front_matter_read (const char *text, const char *fallback_id, GError **error);

/* Returns: (owned) the file's text. */
char *pn_front_matter_write (const PnArticle *article);
