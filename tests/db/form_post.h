/* Form post: a visitor's form with files, and what lies in the spool then. */
#pragma once

#include "tests/lib/testweb.h"

/* Sends multipart: @fields are "name=value" with "|" between; files "name:type:content", NULL at the end, or NULL.
 * Returns: (owned) the answer. */
char *pn_form_post_send (PnTestWeb *test, const char *target, const char *fields,
                         const char *const *files);

/* Returns: (owned) the records (json_t) of the forms that wait; they are leased. */
GPtrArray *pn_form_post_spooled (PnTestWeb *test);
