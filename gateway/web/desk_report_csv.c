#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "gateway/web/desk_report.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/search_page.h"

#define CSV "text/csv; charset=utf-8"
#define BATCH 512 /* tickets */

/* A file without a name: memory stays small however many rows there are, and the database's connection is free while a
 * slow client reads. */
static int
open_file (GError **error)
{
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't keep a file to send: %s", g_strerror (errno));
  return fd;
}

static gboolean
write_all (int fd, GString *text, GError **error)
{
  const char *at = text->str;
  gsize left = text->len;

  while (left > 0) {
    ssize_t n = write (fd, at, left);

    if (n < 0 && errno != EINTR) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "can't keep a file to send: %s", g_strerror (errno));
      return FALSE;
    }
    at += MAX (n, 0);
    left -= (gsize) MAX (n, 0);
  }
  g_string_truncate (text, 0);
  return TRUE;
}

static void
append_time (GString *text, PnTime time)
{
  g_autofree char *written = pn_clock_write (time);

  g_string_append_c (text, ',');
  if (written != NULL)
    g_string_append (text, written);
}

static void
append_text (GString *text, const char *value)
{
  g_string_append_c (text, ',');
  pn_csv_append (text, value != NULL ? value : "");
}

static void
append_hit (PnCall *call, GString *text, const PnSearchHit *hit)
{
  const PnTicket *ticket = hit->ticket;
  const PnQueue *queue = pn_show_queue (call, ticket->queue_id);
  g_autoptr (GString) tags = g_string_new (NULL);

  for (guint i = 0; i < hit->tags->len; i++)
    g_string_append_printf (tags, "%s%s", i > 0 ? " " : "", (const char *) hit->tags->pdata[i]);
  g_string_append_printf (text, "%" G_GINT64_FORMAT, ticket->id);
  append_text (text, ticket->subject);
  append_text (text, pn_status_name (ticket->status));
  append_text (text, pn_priority_name (ticket->priority));
  append_text (text, queue != NULL ? queue->name : "");
  append_text (text, hit->assignee_name);
  append_text (text, hit->person_name);
  append_text (text, hit->person_address);
  append_text (text, tags->str);
  append_time (text, ticket->created_at);
  append_time (text, ticket->updated_at);
  append_time (text, ticket->closed_at);
  g_string_append (text, "\r\n");
}

/* Returns: FALSE with the error. */
static gboolean
write_tickets (PnCall *call, const GArray *ids, int fd, GError **error)
{
  g_autoptr (GString) text = g_string_new (
      "ticket,subject,status,priority,queue,agent,person,address,tags,created_at,updated_at,"
      "closed_at\r\n");

  for (guint first = 0; first < ids->len; first += BATCH) {
    g_autoptr (GArray) some = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GPtrArray) hits = NULL;

    g_array_append_vals (some, &g_array_index (ids, gint64, first), MIN (BATCH, ids->len - first));
    hits = pn_search_page_load (call->db, some, error);
    if (hits == NULL)
      return FALSE;
    for (guint i = 0; i < hits->len; i++)
      append_hit (call, text, hits->pdata[i]);
    if (!write_all (fd, text, error))
      return FALSE;
  }
  return write_all (fd, text, error);
}

static void
send_file (PnCall *call, const char *name, int fd)
{
  g_autofree char *file_name = g_strdup_printf ("%s.csv", name);
  off_t size = lseek (fd, 0, SEEK_END);

  lseek (fd, 0, SEEK_SET);
  pn_response_set_file (call->response, CSV, fd, size);
  pn_response_set_file_name (call->response, file_name, FALSE);
}

static gboolean
write_report (PnCall *call, const PnReportRequest *request, int fd, GError **error)
{
  g_autoptr (PnReport) report = pn_report_run (call->db, request, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (report == NULL)
    return FALSE;
  pn_report_write_csv (report, text);
  return write_all (fd, text, error);
}

/* The report's table; with a column, the tickets behind that number. */
void
pn_desk_report_csv (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportRequest) request = pn_desk_report_read (call);
  g_autoptr (GArray) ids = NULL;
  const char *column = NULL;
  gint64 key = -1;
  gboolean is_written = FALSE;
  int fd;

  if (request == NULL
      || (pn_call_query (call, "column") != NULL
          && !pn_desk_report_read_cell (call, &column, &key)))
    return;
  fd = open_file (&error);
  if (fd >= 0 && column == NULL) {
    is_written = write_report (call, request, fd, &error);
  } else if (fd >= 0 && pn_show_load (call, &error)) {
    ids = pn_report_tickets (call->db, request, column, key, &error);
    is_written = ids != NULL && write_tickets (call, ids, fd, &error);
  }
  if (is_written) {
    send_file (call, request->name, fd);
    return;
  }
  if (fd >= 0)
    close (fd);
  pn_call_fail (call, error);
}
