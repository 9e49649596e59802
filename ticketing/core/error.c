#include "ticketing/core/error.h"

#include <sysexits.h>

/* clang-format off */
G_DEFINE_QUARK (pn-error, pn_error)
/* clang-format on */

static const struct {
  int http;
  int exit_code;
} outcomes[] = {
  [PN_ERROR_INVALID] = { 400, EX_DATAERR },    [PN_ERROR_DENIED] = { 403, EX_NOPERM },
  [PN_ERROR_NOT_FOUND] = { 404, EX_NOINPUT },  [PN_ERROR_CONFLICT] = { 409, EX_TEMPFAIL },
  [PN_ERROR_TEMPORARY] = { 503, EX_TEMPFAIL }, [PN_ERROR_PERMANENT] = { 500, EX_SOFTWARE },
  [PN_ERROR_UNCERTAIN] = { 500, EX_SOFTWARE },
};

void
pn_error_set (GError **error, PnErrorCode code, const char *format, ...)
{
  va_list args;

  if (error == NULL)
    return;
  va_start (args, format);
  g_return_if_fail (*error == NULL);
  *error = g_error_new_valist (PN_ERROR, (int) code, format, args);
  va_end (args);
}

void
pn_error_reword (GError **error, PnErrorCode code, const char *format, ...)
{
  GError *reworded;
  va_list args;

  if (error == NULL || !pn_error_is (*error, code))
    return;
  va_start (args, format);
  reworded = g_error_new_valist (PN_ERROR, (int) code, format, args);
  va_end (args);
  g_error_free (*error);
  *error = reworded;
}

gboolean
pn_error_is (const GError *error, PnErrorCode code)
{
  return g_error_matches (error, PN_ERROR, (int) code);
}

int
pn_error_http_status (const GError *error)
{
  g_return_val_if_fail (error != NULL, 500);
  return error->domain == PN_ERROR ? outcomes[error->code].http : 500;
}

int
pn_error_exit_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, EX_SOFTWARE);
  return error->domain == PN_ERROR ? outcomes[error->code].exit_code : EX_SOFTWARE;
}
