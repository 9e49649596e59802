#include "gateway/web/handlers.h"

#include <string.h>

/* A file asked for by its hash never changes; by name alone it is checked each time. */
void
pn_web_static (PnCall *call)
{
  const char *name = call->request->match.name;
  const char *asked = pn_call_query (call, "v");
  const char *known = pn_request_header (call->request, "if-none-match");
  const char *hash = pn_templates_static_hash (call->web->config.templates, name);
  const char *type = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *tag = NULL;

  if (hash != NULL)
    bytes = pn_templates_static (call->web->config.templates, name, &type);
  if (bytes == NULL) {
    pn_call_not_found (call);
    return;
  }
  tag = g_strdup_printf ("\"%s\"", hash);
  call->response->is_public = TRUE;
  pn_response_add_header (call->response, "ETag", tag);
  /* the frame of a mail has no origin, and its style sheet is here */
  pn_response_add_header (call->response, "Cross-Origin-Resource-Policy", "cross-origin");
  pn_response_add_header (call->response, "Cache-Control",
                          asked != NULL && strcmp (asked, hash) == 0
                              ? "public, max-age=31536000, immutable"
                              : "public, no-cache");
  if (known != NULL && strstr (known, tag) != NULL)
    call->response->status = 304;
  else
    pn_response_set_bytes (call->response, 200, type, bytes);
}

void
pn_web_openapi (PnCall *call)
{
  const char *type;
  g_autoptr (GBytes) bytes =
      pn_templates_static (call->web->config.templates, "openapi.json", &type);

  if (bytes == NULL) {
    pn_call_not_found (call);
    return;
  }
  call->response->is_public = TRUE;
  pn_response_set_bytes (call->response, 200, "application/json", bytes);
}
