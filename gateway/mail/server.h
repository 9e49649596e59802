/* Server: where a mail server is and who we are there. Filled in by the caller, read by imap and smtp.
 *
 * Credentials are sent only over TLS whose certificate and host name were verified, or to a loopback address.
 */
#pragma once

#include <glib.h>

typedef enum {
  PN_TRANSPORT_TLS,      /* TLS from the first byte (ports 993 and 465) */
  PN_TRANSPORT_STARTTLS, /* TLS after a command; demanded, never optional */
  PN_TRANSPORT_PLAIN,    /* none: only to loopback, refused elsewhere */
} PnTransport;

typedef enum {
  PN_LOGIN_NONE, /* SMTP only: the server takes our mail without a log-in */
  PN_LOGIN_PASSWORD,
  PN_LOGIN_TOKEN, /* the secret is an access token: XOAUTH2, or OAUTHBEARER (RFC 7628) where only that is offered */
} PnLogin;

typedef struct {
  const char *host; /* a name or an address; the certificate must be for it */
  guint port;
  PnTransport transport;
  const char *ca_file; /* PEM; NULL trusts what the system trusts */
  PnLogin login;
  const char *user;
  const char *secret;
  gboolean (*beat) (
      gpointer data); /* called each second of waiting for the server; FALSE: give up. NULL: none */
  gpointer beat_data;
} PnServer;

/* Returns: (owned) the initial response (not yet in base64) of OAUTHBEARER or, where @is_bearer is FALSE, of XOAUTH2. */
char *pn_server_token_response (const PnServer *server, gboolean is_bearer);
