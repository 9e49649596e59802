#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/web/request.h"

/* A target as it stands in a request line, and as the value of the headers that we take apart. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const proxies[] = { "10.0.0.0/8", "::1", NULL };
  g_autoptr (PnRequest) request = pn_request_new ();
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *cookie = NULL;

  pn_request_set_target (request, text);
  (void) pn_form_read_pairs (request->query, request->raw_query, strlen (request->raw_query), NULL);
  pn_request_add_header (request, "Cookie", 6, text, strlen (text));
  pn_request_add_header (request, "X-Forwarded-For", 15, text, strlen (text));
  pn_request_add_header (request, "Accept-Encoding", 15, text, strlen (text));
  pn_request_set_client (request, "10.0.0.1", proxies);
  cookie = pn_request_cookie (request, "postern");
  (void) pn_request_takes_gzip (request);
  return 0;
}
