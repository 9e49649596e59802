/* Errors: one domain whose codes are outcomes, because outcomes are what callers branch on.
 *
 *   code        web   sysexits   what the caller does
 *   INVALID     400   65         tells the user what is wrong with the input
 *   DENIED      403   77         tells the user who may
 *   NOT_FOUND   404   66         (also for what the caller may not know of)
 *   CONFLICT    409   75         shows what is there now
 *   TEMPORARY   503   75         tries again later; the only one that workers retry
 *   PERMANENT   500   70         never works; someone must act
 *   UNCERTAIN   500   70         it may have happened: a lost COMMIT, a lost answer to a final dot
 *
 * Messages are for the operator: lower case, with the value that was wrong, no full stop.
 */
#pragma once

#include <glib.h>

#define PN_ERROR (pn_error_quark ())

typedef enum {
  PN_ERROR_INVALID,
  PN_ERROR_DENIED,
  PN_ERROR_NOT_FOUND,
  PN_ERROR_CONFLICT,
  PN_ERROR_TEMPORARY,
  PN_ERROR_PERMANENT,
  PN_ERROR_UNCERTAIN,
} PnErrorCode;

GQuark pn_error_quark (void);

/* Sets @error (may be NULL) in the domain PN_ERROR. */
void pn_error_set (GError **error, PnErrorCode code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Gives @error (may be NULL) other words where it has @code in the domain PN_ERROR; any other error stays as it is. For
 * outcomes of which the caller knows what they mean, as a CONFLICT with a unique key. */
void pn_error_reword (GError **error, PnErrorCode code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Returns: TRUE when @error is in PN_ERROR and has @code. @error may be NULL. */
gboolean pn_error_is (const GError *error, PnErrorCode code);

/* Returns: the HTTP status for @error; 500 for errors of other domains. */
int pn_error_http_status (const GError *error);

/* Returns: the exit code of sysexits(3) for @error; 70 (EX_SOFTWARE) for errors of other domains. */
int pn_error_exit_code (const GError *error);
