#include "gateway/web/exchange.h"

#include <string.h>

#include "ticketing/core/error.h"

/* Beyond the limit of a body of unknown length so much is read, to be able to say what is wrong. */
#define GRACE_BYTES (1024 * 1024)
/* Of one whose length was said before. */
#define KNOWN_GRACE_BYTES (64 * 1024 * 1024)

PnExchange *
pn_exchange_new (struct PnServer *server, struct MHD_Connection *connection, const char *target)
{
  PnExchange *exchange = g_new0 (PnExchange, 1);

  exchange->references = 1;
  exchange->grace_bytes = GRACE_BYTES;
  exchange->server = server;
  exchange->connection = connection;
  exchange->request = pn_request_new ();
  pn_request_set_target (exchange->request, target);
  return exchange;
}

void
pn_exchange_unref (PnExchange *exchange)
{
  if (!g_atomic_int_dec_and_test (&exchange->references))
    return;
  pn_request_free (exchange->request);
  pn_response_free (exchange->response);
  pn_form_reader_free (exchange->reader);
  g_clear_error (&exchange->problem);
  g_free (exchange);
}

gboolean
pn_exchange_read_head (PnExchange *exchange, const char *method, const char *version,
                       const GArray *fields, PnBodyShape *shape, GError **error)
{
  PnRequest *request = exchange->request;
  g_autofree char *target =
      g_strconcat (request->path, *request->raw_query != '\0' ? "?" : "", request->raw_query, NULL);

  request->is_head = strcmp (method, "HEAD") == 0;
  request->method = request->is_head ? PN_METHOD_GET : pn_method_read (method);
  if (!pn_head_check (method, target, version, fields, shape, error))
    return FALSE;
  for (guint i = 0; i < fields->len; i++) {
    const PnHeadField *field = &g_array_index (fields, PnHeadField, i);

    pn_request_add_header (request, field->name, field->name_bytes, field->value,
                           field->value_bytes);
  }
  if (!pn_form_read_pairs (request->query, request->raw_query, strlen (request->raw_query), error))
    return FALSE;
  if (request->method == PN_METHOD_GET && (shape->is_chunked || shape->content_length > 0)) {
    pn_error_set (error, PN_ERROR_INVALID, "a request of this method has no body");
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_exchange_will_read (PnExchange *exchange, const PnBodyShape *shape)
{
  const gint64 excess_bytes = shape->content_length - exchange->body_limit;

  if (excess_bytes <= 0)
    return TRUE;
  if (excess_bytes > KNOWN_GRACE_BYTES || pn_request_header (exchange->request, "expect") != NULL)
    return FALSE;
  exchange->grace_bytes = KNOWN_GRACE_BYTES;
  pn_error_set (&exchange->problem, PN_ERROR_INVALID, "the body is too long");
  exchange->problem_status = 413;
  return TRUE;
}

gboolean
pn_exchange_take_body (PnExchange *exchange, const char *bytes, gsize size_bytes)
{
  exchange->body_bytes += (gint64) size_bytes;
  if (exchange->body_bytes > exchange->body_limit + exchange->grace_bytes)
    return FALSE;
  if (exchange->problem == NULL
      && !pn_form_reader_feed (exchange->reader, bytes, size_bytes, &exchange->problem))
    exchange->problem_status = exchange->body_bytes > exchange->body_limit
                                   ? 413
                                   : pn_error_http_status (exchange->problem);
  return TRUE;
}

gboolean
pn_exchange_end_body (PnExchange *exchange)
{
  if (exchange->problem != NULL)
    return FALSE;
  exchange->request->body_digest = pn_form_reader_digest (exchange->reader);
  exchange->request->form = pn_form_reader_finish (exchange->reader, &exchange->problem);
  exchange->problem_status = 400;
  return exchange->request->form != NULL;
}
