/* JSON: small helpers for documents, over jansson. What they make is (owned) unless it goes into a container. */
#pragma once

#include <jansson.h>

#include "ticketing/core/clock.h"

json_t *pn_json_text (const char *text);        /* NULL gives null; what is not UTF-8 is made so */
json_t *pn_json_time (PnTime time);             /* RFC 3339; 0 gives null */
json_t *pn_json_id (gint64 id);                 /* 0 gives null */
json_t *pn_json_texts (const GPtrArray *texts); /* of char *; NULL gives [] */

/* Sets @key of @object; @value is taken. For chains of them. */
void pn_json_set (json_t *object, const char *key, json_t *value);

/* Returns: the text at @key, or NULL when it is none. */
const char *pn_json_get_text (const json_t *object, const char *key);

/* Where @key is a text, or true or false, it replaces what *@field is. */
void pn_json_take_text (const json_t *object, const char *key, char **field);
void pn_json_take_flag (const json_t *object, const char *key, gboolean *field);

/* INVALID where @document is no object or has a key that is not in @known (NULL-terminated); @what names it: "ladder". */
gboolean pn_json_check_keys (const json_t *document, const char *const *known, const char *what,
                             GError **error);

/* Returns: (owned) @document as text. */
char *pn_json_write (const json_t *document);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)
