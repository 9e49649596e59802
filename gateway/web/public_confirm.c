/* The link of a letter that asks "is this your address?": a page first, so that programs that follow links do nothing. */
#include "gateway/web/handlers.h"

#include "ticketing/core/error.h"
#include "ticketing/core/token.h"
#include "ticketing/spool.h"

/* Returns: (owned) the delivery that the token names, if it is a form; NULL: answered already. */
static PnDelivery *
find_delivery (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) delivery = NULL;
  gint64 id;

  if (!pn_limit_has (call->web->limit, PN_LIMIT_TOKEN, call->request->client)) {
    pn_call_problem (call, 429, "");
    return NULL;
  }
  if (pn_token_read (call->web->config.token_key, PN_TOKEN_FORM, call->request->match.name,
                     pn_clock_now (), &id)) {
    delivery = pn_spool_load (call->db, id, &error);
    if (delivery == NULL && !pn_error_is (error, PN_ERROR_NOT_FOUND)) {
      pn_call_fail (call, error);
      return NULL;
    }
  }
  if (delivery != NULL && delivery->channel == PN_CHANNEL_FORM
      && delivery->state != PN_SPOOL_DISCARDED && delivery->state != PN_SPOOL_SPAM)
    return g_steal_pointer (&delivery);
  pn_limit_take (call->web->limit, PN_LIMIT_TOKEN, call->request->client);
  pn_call_page (call, 404, "my-expired",
                json_pack ("{s:s, s:n}", "contact_url", "/contact", "renew_url"));
  return NULL;
}

void
pn_public_confirm (PnCall *call)
{
  g_autoptr (PnDelivery) delivery = find_delivery (call);

  if (delivery != NULL)
    pn_call_page (call, 200, "public-confirm",
                  json_pack ("{s:{s:s, s:b}}", "confirm", "action", call->request->path, "is_done",
                             delivery->state != PN_SPOOL_HELD));
}

void
pn_public_confirm_do (PnCall *call)
{
  g_autoptr (PnDelivery) delivery = find_delivery (call);
  g_autoptr (GError) error = NULL;

  if (delivery == NULL)
    return;
  if (delivery->state == PN_SPOOL_HELD
      && !pn_spool_confirm (call->db, delivery->from_address, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_response_set_redirect (call->response, "/contact/thanks");
}
