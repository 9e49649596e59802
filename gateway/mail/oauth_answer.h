/* OAuth answers: what a provider's endpoints say, read from foreign bytes (RFC 6749, 5.1 and 5.2; RFC 8628, 3.2 and 3.5).
 *
 * A token goes into a SASL message later, so only the printable characters that RFC 6749 A.12 allows are taken. What a
 * provider says in words is shortened to one printable line.
 */
#pragma once

#include "ticketing/core/secret.h"

typedef struct {
  PnSecret *access;
  PnSecret *refresh;       /* NULL: the one that was used stays good */
  gint64 lifetime_seconds; /* of @access; at least a minute */
} PnOauthTokens;

typedef struct {
  char *device_code; /* ours alone */
  char *user_code;   /* what a person types at @url */
  char *url;
  guint interval_seconds; /* between questions */
  gint64 lifetime_seconds;
} PnOauthDevice;

typedef enum {
  PN_OAUTH_GIVEN,
  PN_OAUTH_PENDING, /* the person has not decided yet */
  PN_OAUTH_SLOWER,  /* the same, and we ask too often */
  PN_OAUTH_REFUSED, /* an error says why */
} PnOauthState;

void pn_oauth_tokens_clear (PnOauthTokens *tokens);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnOauthTokens, pn_oauth_tokens_clear)
void pn_oauth_device_clear (PnOauthDevice *device);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnOauthDevice, pn_oauth_device_clear)

/* Reads what the token endpoint answered with HTTP @status. @error, with PN_OAUTH_REFUSED only: DENIED when a person has to
 * act (the grant was taken back, the client is wrong), TEMPORARY for everything that may be better later. */
PnOauthState pn_oauth_read_tokens (long status, const char *bytes, gsize size_bytes,
                                   PnOauthTokens *tokens, GError **error);

/* Reads what the device endpoint answered. Errors as above. */
gboolean pn_oauth_read_device (long status, const char *bytes, gsize size_bytes,
                               PnOauthDevice *device, GError **error);
