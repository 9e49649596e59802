/* spool-mails: puts a backlog of made-up mails into a gateway's spool.
 *
 *   spool-mails SOCKET SCHEMA N [SEED]     Message-IDs hold SEED, so that another backlog is other mails
 *   spool-mails - - N [SEED]               writes the mails to ./N.eml instead
 *
 * About 6 KiB of words each, 500 senders; three in ten answer an earlier mail of their sender.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ticketing/mailbox.h"
#include "ticketing/spool.h"

#define SENDERS 500
#define WORDS 900

static const char *const words[] = { "printer",  "invoice", "please", "order", "wheel", "broken",
                                     "since",    "monday",  "the",    "and",   "a",     "customer",
                                     "number",   "again",   "cannot", "log",   "in",    "password",
                                     "delivery", "late",    "thank",  "you",   "help",  "urgent" };

static GBytes *
make_mail (guint number, guint seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed * 1000003 + number);
  guint sender = number % SENDERS;
  GString *mail = g_string_new (NULL);

  g_string_append_printf (mail,
                          "From: Customer %u <c%u@customer.example>\r\nTo: support@demo.example\r\n"
                          "Subject: Case %u of %u\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
                          "Message-ID: <%u.%u@customer.example>\r\n",
                          sender, sender, number, seed, number, seed);
  if (number >= SENDERS && g_rand_int_range (random, 0, 10) < 3)
    g_string_append_printf (mail, "In-Reply-To: <%u.%u@customer.example>\r\n", number - SENDERS,
                            seed);
  g_string_append (mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
  for (guint i = 0; i < WORDS; i++)
    g_string_append_printf (mail, "%s%s", words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))],
                            i % 12 == 11 ? "\r\n" : " ");
  return g_string_free_to_bytes (mail);
}

static gboolean
spool (PnDb *db, const PnMailbox *mailbox, guint number, GBytes *mail, GError **error)
{
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  gboolean is_known = FALSE;
  gint64 id = 0;

  delivery->mailbox_id = mailbox->id;
  delivery->queue_id = mailbox->queue_id;
  delivery->internal_date = PN_DAY + number;
  delivery->size_bytes = (gint64) g_bytes_get_size (mail);
  return pn_blob_store (db, mail, delivery->raw_sha, error)
         && pn_spool_add (db, delivery, NULL, &id, &is_known, error);
}

static gboolean
write_file (guint number, GBytes *mail, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%u.eml", number);

  return g_file_set_contents (name, g_bytes_get_data (mail, NULL), (gssize) g_bytes_get_size (mail),
                              error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = NULL;
  g_autoptr (PnMailbox) mailbox = NULL;
  PnDbTarget target = { .user = g_get_user_name () };
  guint n = argc > 3 ? (guint) strtoul (argv[3], NULL, 10) : 0;
  guint seed = argc > 4 ? (guint) strtoul (argv[4], NULL, 10) : 1;
  gboolean is_good = n > 0;

  if (is_good && strcmp (argv[1], "-") != 0) {
    pn_db_library_start ();
    target.socket = argv[1];
    target.name = argv[2];
    db = pn_db_open (&target, &error);
    is_good = db != NULL && pn_mailbox_find (db, "support", &mailbox, &error) && mailbox != NULL;
  }
  for (guint i = 0; is_good && i < n; i++) {
    g_autoptr (GBytes) mail = make_mail (i, seed);

    is_good = db != NULL ? spool (db, mailbox, i, mail, &error) : write_file (i, mail, &error);
  }
  if (!is_good)
    fprintf (stderr, "spool-mails SOCKET SCHEMA N [SEED]: %s\n",
             error != NULL ? error->message : "no mailbox \"support\"");
  return is_good ? 0 : 1;
}
