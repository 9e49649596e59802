#include "gateway/mail/imap_private.h"

#include <libetpan/mailimap.h>
#include <string.h>

#include "ticketing/core/error.h"

static const char *
response_code (const PnImap *imap)
{
  const struct mailimap_response_info *info = imap->etpan->imap_response_info;

  return info != NULL && info->rsp_atom != NULL ? info->rsp_atom : "";
}

static const char *const passing_codes[] = { "UNAVAILABLE", "INUSE",     "LIMIT",
                                             "THROTTLED",   "SERVERBUG", "OVERQUOTA" };

static void
set_denied (const PnImap *imap, const char *user, const char *code, const char *words,
            GError **error)
{
  g_autofree char *clean = pn_stream_clean_words (words);
  PnErrorCode outcome = PN_ERROR_DENIED;

  for (gsize i = 0; i < G_N_ELEMENTS (passing_codes); i++) {
    if (g_ascii_strcasecmp (code, passing_codes[i]) == 0)
      outcome = PN_ERROR_TEMPORARY;
  }
  pn_error_set (error, outcome, "%s did not let %s in: %s", imap->name, user, clean);
}

/* Runs AUTHENTICATE with one message of ours, after the command where the server takes it there (SASL-IR). */
static gboolean
authenticate (PnImap *imap, const PnServer *server, const char *mechanism, const char *message,
              GError **error)
{
  gboolean has_room = mailimap_has_extension (imap->etpan, "SASL-IR");
  g_autofree char *command =
      g_strconcat ("AUTHENTICATE ", mechanism, has_room ? " " : "", has_room ? message : "", NULL);
  gboolean is_sent = has_room;

  pn_imap_begin (imap, &pn_imap_ordinary);
  if (!pn_imap_send_line (imap, TRUE, command))
    return pn_imap_set_broken (imap, MAILIMAP_ERROR_STREAM, error);
  for (;;) {
    g_autofree char *code = NULL;
    g_autofree char *words = NULL;

    switch (pn_imap_read_line (imap, &code, &words, error)) {
    case PN_IMAP_LINE_JUNK:
    case PN_IMAP_LINE_BYE: return FALSE;
    case PN_IMAP_LINE_UNTAGGED: break;
    case PN_IMAP_LINE_CONTINUE:
      /* A second question carries the reasons of a refusal; an empty answer ends it. */
      if (!pn_imap_send_line (imap, FALSE, is_sent ? "" : message))
        return pn_imap_set_broken (imap, MAILIMAP_ERROR_STREAM, error);
      is_sent = TRUE;
      break;
    case PN_IMAP_LINE_OK: imap->etpan->imap_state = MAILIMAP_STATE_AUTHENTICATED; return TRUE;
    case PN_IMAP_LINE_NO:
    case PN_IMAP_LINE_BAD: set_denied (imap, server->user, code, words, error); return FALSE;
    }
  }
}

static gboolean
log_in_plain (PnImap *imap, const PnServer *server, GError **error)
{
  int result;

  if (mailimap_has_authentication (imap->etpan, "PLAIN")) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *message = NULL;

    g_string_append_c (text, '\0');
    g_string_append (text, server->user);
    g_string_append_c (text, '\0');
    g_string_append (text, server->secret);
    message = g_base64_encode ((const guchar *) text->str, text->len);
    explicit_bzero (text->str, text->len);
    return authenticate (imap, server, "PLAIN", message, error);
  }
  pn_imap_begin (imap, &pn_imap_ordinary);
  result = mailimap_login (imap->etpan, server->user, server->secret);
  if (result == MAILIMAP_NO_ERROR)
    return TRUE;
  if (result != MAILIMAP_ERROR_LOGIN)
    return pn_imap_set_broken (imap, result, error);
  set_denied (imap, server->user, response_code (imap), imap->etpan->imap_response, error);
  return FALSE;
}

static gboolean
log_in_token (PnImap *imap, const PnServer *server, GError **error)
{
  gboolean is_bearer = mailimap_has_authentication (imap->etpan, "OAUTHBEARER")
                       && !mailimap_has_authentication (imap->etpan, "XOAUTH2");
  g_autofree char *text = pn_server_token_response (server, is_bearer);
  g_autofree char *message = g_base64_encode ((const guchar *) text, strlen (text));

  return authenticate (imap, server, is_bearer ? "OAUTHBEARER" : "XOAUTH2", message, error);
}

gboolean
pn_imap_log_in (PnImap *imap, const PnServer *server, GError **error)
{
  if (!pn_stream_is_private (imap->stream)) {
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "%s: no password is sent over a connection without TLS", imap->name);
    return FALSE;
  }
  switch (server->login) {
  case PN_LOGIN_NONE:
    pn_error_set (error, PN_ERROR_PERMANENT, "%s: an IMAP account needs a user and a password",
                  imap->name);
    return FALSE;
  case PN_LOGIN_PASSWORD: return log_in_plain (imap, server, error);
  case PN_LOGIN_TOKEN: return log_in_token (imap, server, error);
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
start_tls (PnImap *imap, GError **error)
{
  PnImapAnswer answer = PN_IMAP_ANSWER_NO;

  if (!pn_imap_must (imap, "CAPABILITY", "CAPABILITY", &pn_imap_ordinary, error))
    return FALSE;
  if (mailimap_has_extension (imap->etpan, "STARTTLS")
      && !pn_imap_run (imap, "STARTTLS", &pn_imap_ordinary, &answer, error))
    return FALSE;
  if (answer != PN_IMAP_ANSWER_OK) {
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "%s does not offer STARTTLS, and nothing is sent without it", imap->name);
    return FALSE;
  }
  return pn_stream_start_tls (imap->stream, error);
}

gboolean
pn_imap_greet (PnImap *imap, const PnServer *server, GError **error)
{
  int result;

  pn_imap_begin (imap, &pn_imap_ordinary);
  result = mailimap_connect (imap->etpan, pn_stream_mailstream (imap->stream));
  if (result == MAILIMAP_NO_ERROR_AUTHENTICATED) {
    pn_stream_give_up (imap->stream, "said that we are logged in before we were");
    pn_error_set (
        error, PN_ERROR_PERMANENT,
        "%s says that we are logged in already (PREAUTH), which no mailbox of ours should",
        imap->name);
    return FALSE;
  }
  if (result != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
    return pn_imap_set_broken (imap, result, error);
  return server->transport != PN_TRANSPORT_STARTTLS || start_tls (imap, error);
}
