/* What languages call themselves: "Deutsch" for "de". Pure. */
#pragma once

/* Returns: the name of @language, a tag; the tag itself where we know none. */
const char *pn_language_name (const char *language);
