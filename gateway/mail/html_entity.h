/* HTML entities: "&auml;", "&#228;", "&#xE4;" → a character. Pure; any thread. */
#pragma once

#include <glib.h>

/* Reads the entity at @text, which starts with "&".
 * Returns: what stands behind it, and the character in @character; NULL when it is none. */
const char *pn_html_entity_read (const char *text, gunichar *character);
