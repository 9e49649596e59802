#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/download.h"
#include "gateway/web/uploads.h"
#include "templates/sanitise.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/token.h"
#include "ticketing/message.h"
#include "ticketing/spool.h"

#define PICTURE_LIFE PN_HOUR

/* The message of {id}, when the caller may see its ticket. */
static PnMessage *
load_message (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMessage) message = pn_message_load (call->db, pn_call_id (call), &error);
  g_autoptr (PnTicket) ticket = NULL;

  if (message == NULL) {
    pn_call_fail (call, error);
    return NULL;
  }
  ticket = pn_call_ticket (call, message->ticket_id, PN_RIGHT_SEE);
  return ticket != NULL ? g_steal_pointer (&message) : NULL;
}

typedef struct {
  const PnCall *call;
  const PnMessage *message;
} Pictures;

/* The frame of a mail has no origin and sends no cookie: a picture in it is named by a token that expires. */
static char *
picture_address (const char *content_id, gpointer data)
{
  const Pictures *pictures = data;
  const GPtrArray *attachments = pictures->message->attachments;

  for (guint i = 0; i < attachments->len; i++) {
    const PnStoredAttachment *attachment = attachments->pdata[i];

    if (g_strcmp0 (attachment->content_id, content_id) == 0
        && pn_uploads_is_picture (attachment->type)) {
      g_autofree char *token =
          pn_token_make (pictures->call->web->config.token_key, PN_TOKEN_ATTACHMENT, attachment->id,
                         pn_clock_now () + PICTURE_LIFE);

      return g_strconcat ("/inline/", token, NULL);
    }
  }
  return NULL;
}

void
pn_desk_html (PnCall *call)
{
  g_autoptr (PnMessage) message = load_message (call);
  Pictures pictures = { call, message };
  PnSanitiseOptions options = { .image_address = picture_address, .data = &pictures };
  PnRenderOptions render = { .mode = PN_RENDER_HTML, .language = call->language };
  g_autoptr (GError) error = NULL;
  g_autofree char *html = NULL;
  g_autoptr (json_t) document = NULL;
  char *page;

  if (message == NULL)
    return;
  if (message->html == NULL) {
    pn_call_not_found (call);
    return;
  }
  html = pn_sanitise_html (message->html, strlen (message->html), &options);
  document = json_pack ("{s:{s:I, s:o}}", "message", "id", (json_int_t) message->id, "html",
                        pn_safe_html (html != NULL ? html : ""));
  page = pn_templates_render (call->web->config.templates, "web/mail-frame.html", document, &render,
                              &error);
  if (page == NULL) {
    pn_log_error (PN_LOG_ERROR, "page-broken", error, "page=mail-frame");
    pn_call_problem (call, 500, "");
    return;
  }
  call->response->policy = PN_POLICY_MAIL;
  pn_response_set_text (call->response, 200, "text/html; charset=utf-8", page);
}

void
pn_desk_raw (PnCall *call)
{
  g_autoptr (PnMessage) message = load_message (call);
  g_autofree char *name = NULL;

  if (message == NULL)
    return;
  if (!message->has_raw) {
    pn_call_not_found (call);
    return;
  }
  name = g_strdup_printf ("mail-%" G_GINT64_FORMAT ".eml", message->id);
  pn_download (call, message->raw_sha, "message/rfc822", name, FALSE);
}

void
pn_desk_attachment (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  gint64 ticket_id;
  PnDirection direction;
  g_autoptr (PnStoredAttachment) attachment =
      pn_attachment_load (call->db, pn_call_id (call), &ticket_id, &direction, &error);
  g_autoptr (PnTicket) ticket = NULL;

  if (attachment == NULL) {
    pn_call_fail (call, error);
    return;
  }
  ticket = pn_call_ticket (call, ticket_id, PN_RIGHT_SEE);
  if (ticket != NULL)
    pn_download (call, attachment->sha, attachment->type, attachment->name, FALSE);
}

void
pn_desk_held_raw (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) delivery = pn_spool_load (call->db, pn_call_id (call), &error);
  g_autofree char *name = NULL;

  if (delivery == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if ((delivery->state != PN_SPOOL_HELD && delivery->state != PN_SPOOL_SPAM)
      || delivery->format != PN_FORMAT_RFC822
      || !pn_access_may (call->access, PN_RIGHT_RELEASE, delivery->queue_id)) {
    pn_call_not_found (call);
    return;
  }
  name = g_strdup_printf ("held-%" G_GINT64_FORMAT ".eml", delivery->id);
  pn_download (call, delivery->raw_sha, "message/rfc822", name, FALSE);
}

void
pn_web_inline (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  gint64 id;
  gint64 ticket_id;
  PnDirection direction;
  g_autoptr (PnStoredAttachment) attachment = NULL;

  if (!pn_token_read (call->web->config.token_key, PN_TOKEN_ATTACHMENT, call->request->match.name,
                      pn_clock_now (), &id)) {
    pn_limit_take (call->web->limit, PN_LIMIT_TOKEN, call->request->client);
    pn_call_not_found (call);
    return;
  }
  attachment = pn_attachment_load (call->db, id, &ticket_id, &direction, &error);
  if (attachment == NULL || !pn_uploads_is_picture (attachment->type)) {
    pn_call_not_found (call);
    return;
  }
  pn_response_add_header (call->response, "Cross-Origin-Resource-Policy", "cross-origin");
  pn_download (call, attachment->sha, attachment->type, attachment->name, TRUE);
}
