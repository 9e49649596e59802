#include "gateway/clerk/webhook_send.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"
#include "ticketing/webhook.h"

#define AT_ONCE 8
#define CONNECT_MILLIS 5000L
#define CALL_MILLIS 10000L
#define MOMENT_MILLIS 100
#define ANSWER_KEPT_BYTES 400
#define ANSWER_MAX_BYTES (256 * 1024)
#define GONE 410
#define AGENT "Postern"

struct PnWebhookSender {
  CURLM *multi;
  const char *const *allowed;
  const PnSecret *key;
  GPtrArray *transfers; /* of Transfer */
};

typedef struct {
  PnWebhookCall *call;
  CURL *easy;
  struct curl_slist *headers;
  const char *const *allowed;
  char *host;
  char *refusal; /* why the address was not connected; NULL */
  GString *answer;
  gsize answer_bytes;
} Transfer;

static void
transfer_free (Transfer *transfer)
{
  pn_webhook_call_free (transfer->call);
  curl_easy_cleanup (transfer->easy);
  curl_slist_free_all (transfer->headers);
  g_free (transfer->host);
  g_free (transfer->refusal);
  g_string_free (transfer->answer, TRUE);
  g_free (transfer);
}

PnWebhookSender *
pn_webhook_sender_new (const char *const *allowed, const PnSecret *key)
{
  PnWebhookSender *sender = g_new0 (PnWebhookSender, 1);

  curl_global_init (CURL_GLOBAL_DEFAULT);
  sender->multi = curl_multi_init ();
  sender->allowed = allowed;
  sender->key = key;
  sender->transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) transfer_free);
  return sender;
}

void
pn_webhook_sender_free (PnWebhookSender *sender)
{
  if (sender == NULL)
    return;
  for (guint i = 0; i < sender->transfers->len; i++)
    curl_multi_remove_handle (sender->multi, ((Transfer *) sender->transfers->pdata[i])->easy);
  g_ptr_array_unref (sender->transfers);
  curl_multi_cleanup (sender->multi);
  g_free (sender);
}

/* Returns: the bytes of the address, and how many; NULL for what is no address of the network. */
static const guint8 *
bytes_of (const struct curl_sockaddr *address, gsize *size_bytes)
{
  const struct sockaddr_in *four = (const struct sockaddr_in *) (gconstpointer) &address->addr;
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) (gconstpointer) &address->addr;

  if (address->family == AF_INET) {
    *size_bytes = sizeof four->sin_addr;
    return (const guint8 *) &four->sin_addr;
  }
  *size_bytes = sizeof six->sin6_addr;
  return address->family == AF_INET6 ? (const guint8 *) &six->sin6_addr : NULL;
}

/* What a name resolves to is known here, and only what is known here is connected. */
static curl_socket_t
open_socket (void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
  Transfer *transfer = data;
  char shown[INET6_ADDRSTRLEN] = "?";
  gsize size = 0;
  const guint8 *bytes = bytes_of (address, &size);

  (void) purpose;
  if (bytes == NULL)
    return CURL_SOCKET_BAD;
  if (pn_webhook_is_private (bytes, size)
      && !pn_webhook_is_allowed (transfer->host, transfer->allowed)) {
    inet_ntop (address->family, bytes, shown, sizeof shown);
    g_free (transfer->refusal);
    transfer->refusal =
        g_strdup_printf ("%s leads to %s, which is in a private network", transfer->host, shown);
    return CURL_SOCKET_BAD;
  }
  return socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t
take_answer (char *bytes, size_t size, size_t n, void *data)
{
  Transfer *transfer = data;
  gsize room = ANSWER_KEPT_BYTES - MIN (transfer->answer->len, ANSWER_KEPT_BYTES);

  transfer->answer_bytes += size * n;
  g_string_append_len (transfer->answer, bytes, (gssize) MIN (size * n, room));
  return transfer->answer_bytes <= ANSWER_MAX_BYTES ? size * n : 0;
}

static void add_header (Transfer *transfer, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_header (Transfer *transfer, const char *format, ...)
{
  va_list arguments;
  g_autofree char *line = NULL;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  transfer->headers = curl_slist_append (transfer->headers, line);
}

static void
add_headers (Transfer *transfer, const PnWebhook *webhook, const PnSecret *key)
{
  const PnWebhookCall *call = transfer->call;
  const PnTime now = pn_clock_now ();
  g_autofree char *secret = pn_webhook_secret (webhook, key);
  g_autofree char *signature = pn_webhook_sign (secret, now, call->body);

  add_header (transfer, "Content-Type: application/json");
  add_header (transfer, "Expect:");
  add_header (transfer, "X-Postern-Event: %s", call->kind);
  add_header (transfer, "X-Postern-Delivery: %s", call->key);
  add_header (transfer, "X-Postern-Timestamp: %" G_GINT64_FORMAT, now / PN_SECOND);
  add_header (transfer, "X-Postern-Signature: sha256=%s", signature);
}

static void
set_options (Transfer *transfer, const char *url)
{
  CURL *easy = transfer->easy;

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MILLIS);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, CALL_MILLIS);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, AGENT);
  curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE, (long) strlen (transfer->call->body));
  curl_easy_setopt (easy, CURLOPT_POSTFIELDS, transfer->call->body);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, transfer->headers);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, transfer);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, take_answer);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt (easy, CURLOPT_PRIVATE, transfer);
}

static void
start (PnWebhookSender *sender, const PnWebhook *webhook, PnWebhookCall *call)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->call = call;
  transfer->allowed = sender->allowed;
  transfer->host = pn_text_url_host (webhook->url);
  transfer->answer = g_string_new (NULL);
  transfer->easy = curl_easy_init ();
  add_headers (transfer, webhook, sender->key);
  set_options (transfer, webhook->url);
  g_ptr_array_add (sender->transfers, transfer);
  curl_multi_add_handle (sender->multi, transfer->easy);
}

/* Notes how it ended; that another took it over meanwhile is no failure. */
static gboolean
finish (PnDb *db, const PnWebhookCall *call, int status, const char *answer, GError **error)
{
  g_autoptr (GError) problem = NULL;

  pn_log (status >= 200 && status < 300 ? PN_LOG_INFO : PN_LOG_WARNING, "webhook-called",
          "call=%" G_GINT64_FORMAT " webhook=%" G_GINT64_FORMAT " status=%d attempt=%d", call->id,
          call->webhook_id, status, call->attempts);
  if (pn_webhook_finish (db, call, status, answer, &problem)
      || pn_error_is (problem, PN_ERROR_CONFLICT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
start_or_refuse (PnWebhookSender *sender, PnDb *db, PnWebhookCall *taken, GError **error)
{
  g_autoptr (PnWebhookCall) call = taken;
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnWebhook) webhook = pn_webhook_load (db, call->webhook_id, &problem);

  if (webhook == NULL && pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return finish (db, call, GONE, "The webhook was removed.", error);
  if (webhook == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (!pn_webhook_check_url (webhook->url, sender->allowed, &problem))
    return finish (db, call, 0, problem->message, error);
  start (sender, webhook, g_steal_pointer (&call));
  return TRUE;
}

static gboolean
start_due (PnWebhookSender *sender, PnDb *db, guint *done, GError **error)
{
  g_autoptr (GPtrArray) due = NULL;

  if (sender->transfers->len >= AT_ONCE)
    return TRUE;
  due = pn_webhook_claim (db, AT_ONCE - sender->transfers->len, error);
  if (due == NULL)
    return FALSE;
  *done += due->len;
  while (due->len > 0) {
    if (!start_or_refuse (sender, db, g_ptr_array_steal_index (due, 0), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
note_end (PnWebhookSender *sender, PnDb *db, const CURLMsg *message, GError **error)
{
  Transfer *transfer = NULL;
  long status = 0;
  gboolean is_well;

  curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &transfer);
  if (message->data.result == CURLE_OK)
    curl_easy_getinfo (message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
  curl_multi_remove_handle (sender->multi, transfer->easy);
  is_well = finish (db, transfer->call, (int) status,
                    transfer->refusal != NULL          ? transfer->refusal
                    : message->data.result != CURLE_OK ? curl_easy_strerror (message->data.result)
                                                       : transfer->answer->str,
                    error);
  g_ptr_array_remove (sender->transfers, transfer);
  return is_well;
}

static gboolean
note_ends (PnWebhookSender *sender, PnDb *db, guint *done, GError **error)
{
  const CURLMsg *message;
  int left = 0;

  while ((message = curl_multi_info_read (sender->multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE)
      continue;
    *done += 1;
    if (!note_end (sender, db, message, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_webhook_sender_round (PnWebhookSender *sender, PnDb *db, guint *done, GError **error)
{
  const gint64 end = g_get_monotonic_time () + MOMENT_MILLIS * PN_MILLISECOND;
  int running = 0;

  *done = 0;
  if (!start_due (sender, db, done, error))
    return FALSE;
  if (sender->transfers->len == 0)
    return TRUE;
  do {
    curl_multi_perform (sender->multi, &running);
    if (running > 0)
      curl_multi_poll (sender->multi, NULL, 0, MOMENT_MILLIS / 5, NULL);
  } while (running > 0 && g_get_monotonic_time () < end);
  return note_ends (sender, db, done, error);
}
