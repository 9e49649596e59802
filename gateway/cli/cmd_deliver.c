#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/cli/find.h"
#include "gateway/cli/words.h"
#include "ticketing/core/error.h"
#include "ticketing/core/health.h"
#include "ticketing/core/room.h"
#include "ticketing/spool.h"

#define PIECE_BYTES (64 * 1024)
#define MEBIBYTE (1024 * 1024)
#define FILING_PATIENCE (120 * PN_SECOND)
#define FILING_RETRY (PN_SECOND / 20)

/* Copies stdin to a nameless file in the run-time directory. Returns: its descriptor; -1. */
static int
take_stdin (const char *run, gint64 limit_bytes, GError **error)
{
  g_autofree char *piece = g_malloc (PIECE_BYTES);
  int fd = open (run, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  gint64 size_bytes = 0;

  while (fd >= 0) {
    gssize got = read (STDIN_FILENO, piece, PIECE_BYTES);

    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0 && size_bytes > 0)
      return fd;
    if (got == 0) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no mail on stdin");
      break;
    }
    size_bytes += MAX (got, 0);
    if (size_bytes > limit_bytes) {
      pn_error_set (error, PN_ERROR_INVALID, "the mail is larger than %" G_GINT64_FORMAT " MiB",
                    limit_bytes / MEBIBYTE);
      break;
    }
    if (got < 0 || write (fd, piece, (gsize) got) != got) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "the mail could not be kept: %s",
                    g_strerror (errno));
      break;
    }
  }
  if (fd < 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "no file could be made in %s: %s", run,
                  g_strerror (errno));
  else
    close (fd);
  return -1;
}

/* What there is no room for stays with the mail server that hands it in: it tries again. */
static gboolean
has_room (const PnSettings *settings, gint64 size_bytes, GError **error)
{
  return pn_room_check (pn_room_path (settings), PN_ROOM_TAKE_BYTES + PN_ROOM_COPIES * size_bytes,
                        error);
}

static gint64
size_of (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 ? (gint64) info.st_size : 0;
}

static gboolean
spool (PnCli *cli, PnDb *db, const PnMailbox *mailbox, gint64 *id, GError **error)
{
  const PnSettings *settings = pn_cli_settings (cli);
  gint64 limit_bytes = pn_settings_number (settings, PN_SETTING_MAIL_SIZE_LIMIT_MB) * MEBIBYTE;
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  gboolean is_known = FALSE;
  gboolean is_stored = FALSE;
  int fd = -1;

  if (has_room (settings, 0, error))
    fd = take_stdin (pn_settings_text (settings, PN_SETTING_PATHS_RUN), limit_bytes, error);
  if (fd < 0)
    return FALSE;
  is_stored =
      has_room (settings, size_of (fd), error)
      && pn_blob_store_fd (db, fd, limit_bytes, delivery->raw_sha, &delivery->size_bytes, error);
  close (fd);
  delivery->mailbox_id = mailbox->id;
  delivery->queue_id = mailbox->queue_id;
  delivery->channel = PN_CHANNEL_PIPE;
  delivery->format = PN_FORMAT_RFC822;
  return is_stored && pn_spool_add (db, delivery, NULL, id, &is_known, error);
}

static gboolean
is_gateway_running (PnCli *cli)
{
  g_autoptr (PnHealth) health =
      pn_health_load (pn_settings_text (pn_cli_settings (cli), PN_SETTING_PATHS_RUN), NULL);

  return health != NULL;
}

/* Returns: (owned) the delivery once it is filed or held. */
static PnDelivery *
wait_until_filed (PnCli *cli, PnDb *db, gint64 id, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + FILING_PATIENCE;

  for (;;) {
    g_autoptr (PnDelivery) delivery = pn_spool_load (db, id, error);

    if (delivery == NULL || delivery->state != PN_SPOOL_WAITING)
      return g_steal_pointer (&delivery);
    if (!is_gateway_running (cli) || g_get_monotonic_time () >= deadline) {
      pn_error_set (error, PN_ERROR_TEMPORARY,
                    "the mail is safe (spool %" G_GINT64_FORMAT ") but not filed: %s", id,
                    is_gateway_running (cli) ? "the gateway takes its time"
                                             : "no gateway is running");
      return NULL;
    }
    g_usleep (FILING_RETRY);
  }
}

static const char *
disposition_of (const PnDelivery *delivery)
{
  switch (delivery->state) {
  case PN_SPOOL_HELD:
  case PN_SPOOL_SPAM: return pn_disposition_name (PN_DISPOSITION_HELD);
  case PN_SPOOL_WAITING:
  case PN_SPOOL_FILED:
  case PN_SPOOL_DISCARDED: break;
  }
  return pn_disposition_name (delivery->disposition >= 0 ? (PnDisposition) delivery->disposition
                                                         : PN_DISPOSITION_RECORDED);
}

static void
print_filed (PnCli *cli, const PnDelivery *delivery)
{
  json_t *why = delivery->reasons != NULL ? json_incref (delivery->reasons) : json_array ();
  json_t *ticket = delivery->ticket_id != 0 ? json_integer (delivery->ticket_id) : json_null ();
  json_t *message = delivery->message_id != 0 ? json_integer (delivery->message_id) : json_null ();
  json_t *document =
      json_pack ("{s:I,s:s,s:o,s:o,s:o,s:o}", "spool", (json_int_t) delivery->id, "disposition",
                 disposition_of (delivery), "ticket", ticket, "message", message, "reasons",
                 pn_cli_sentences (cli, why), "why", why);

  if (pn_cli_wants_json (cli)) {
    pn_cli_print_json (document);
    return;
  }
  printf ("%s", disposition_of (delivery));
  if (delivery->ticket_id != 0)
    printf (" #%" G_GINT64_FORMAT, delivery->ticket_id);
  putchar ('\n');
  json_decref (document);
}

/* Anything but a mail that will never do, or a misspelt command line, is a reason for the MTA to keep the mail and try
 * again: a wrong setting must not bounce customers' mail. */
static void
make_temporary (GError **error)
{
  if (error == NULL || *error == NULL || (*error)->domain == G_OPTION_ERROR
      || pn_error_is (*error, PN_ERROR_INVALID))
    return;
  (*error)->domain = PN_ERROR;
  (*error)->code = PN_ERROR_TEMPORARY;
}

static gboolean
open_mailbox (PnCli *cli, const char *name, PnDb **db, PnMailbox **mailbox, GError **error)
{
  g_autoptr (GError) reason = NULL;

  *db = pn_cli_db (cli, &reason);
  *mailbox = *db != NULL ? pn_cli_find_mailbox (*db, name, &reason) : NULL;
  if (*mailbox != NULL)
    return TRUE;
  /* Also a mistake in the settings file is INVALID, but not the mail's fault. */
  pn_error_set (error, PN_ERROR_TEMPORARY, "%s", reason->message);
  return FALSE;
}

static gboolean
deliver (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *name = NULL;
  gboolean waits = FALSE;
  const GOptionEntry entries[] = {
    { "mailbox", 0, 0, G_OPTION_ARG_STRING, &name, "The mailbox that the mail came for", "NAME" },
    { "wait", 0, 0, G_OPTION_ARG_NONE, &waits, "Return when it is filed, and say as what", NULL },
    { NULL },
  };
  g_autoptr (PnMailbox) mailbox = NULL;
  g_autoptr (PnDelivery) delivery = NULL;
  gint64 id = 0;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, entries, "", &argc, &argv, error))
    return FALSE;
  if (name == NULL) {
    pn_cli_set_usage (error, "give --mailbox, the mailbox that the mail came for");
    return FALSE;
  }
  if (!open_mailbox (cli, name, &db, &mailbox, error) || !spool (cli, db, mailbox, &id, error)) {
    make_temporary (error);
    return FALSE;
  }
  pn_cli_wake (cli, "clerk");
  if (waits) {
    delivery = wait_until_filed (cli, db, id, error);
    if (delivery != NULL)
      print_filed (cli, delivery);
    return delivery != NULL;
  }
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:I}", "spool", (json_int_t) id));
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { NULL, deliver, "Takes one mail from stdin" },
  { NULL, NULL, NULL },
};

int
pn_cmd_deliver (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
