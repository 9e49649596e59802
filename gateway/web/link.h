/* Links: addresses of pages, with what stands behind the "?". Pure. */
#pragma once

#include <glib.h>

/* Appends "name=value", escaped, to @url; nothing where @value is NULL or "". */
void pn_link_append (GString *url, const char *name, const char *value);
