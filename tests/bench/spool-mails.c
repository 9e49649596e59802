/* spool-mails: puts a backlog of made-up mails (tests/bench/mix.h) into a gateway's spool.
 *
 *   spool-mails [--plain] SOCKET SCHEMA N [SEED]     Message-IDs hold SEED, so that another backlog is other mails
 *   spool-mails [--plain] - - N [SEED]               writes the mails to ./N.eml instead
 *
 * Prints {"mails":N,"bytes":B}. Where the gateway has sent letters, the answers of the mix are answers to them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/mix.h"
#include "ticketing/mailbox.h"
#include "ticketing/spool.h"

static const char letters_sql[] = "SELECT mid, recipient FROM outbox"
                                  " WHERE is_rendered = 1"
                                  " ORDER BY id DESC"
                                  " LIMIT 1000";

typedef struct {
  PnDb *db; /* NULL: mails become files */
  PnMailbox *mailbox;
  PnRows *letters;
  gboolean is_plain;
  guint seed;
  guint64 bytes;
} Spooler;

static void
spooler_clear (Spooler *spooler)
{
  pn_rows_free (spooler->letters);
  pn_mailbox_free (spooler->mailbox);
  pn_db_close (spooler->db);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spooler, spooler_clear)

static GBytes *
make_mail (const Spooler *spooler, guint number)
{
  PnMixLetter letter = { 0 };

  if (spooler->is_plain)
    return pn_mix_make_plain (number, spooler->seed);
  if (pn_mix_is_answer (number) && spooler->letters != NULL && pn_rows_next (spooler->letters)) {
    letter.mid = pn_rows_text (spooler->letters, 0);
    letter.address = pn_rows_text (spooler->letters, 1);
  }
  return pn_mix_make (number, spooler->seed, letter.mid != NULL ? &letter : NULL);
}

static gboolean
spool (const Spooler *spooler, guint number, GBytes *mail, GError **error)
{
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  gboolean is_known = FALSE;
  gint64 id = 0;

  delivery->mailbox_id = spooler->mailbox->id;
  delivery->queue_id = spooler->mailbox->queue_id;
  delivery->internal_date = PN_DAY + number;
  delivery->size_bytes = (gint64) g_bytes_get_size (mail);
  return pn_blob_store (spooler->db, mail, delivery->raw_sha, error)
         && pn_spool_add (spooler->db, delivery, NULL, &id, &is_known, error);
}

static gboolean
write_file (guint number, GBytes *mail, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%u.eml", number);

  return g_file_set_contents (name, g_bytes_get_data (mail, NULL), (gssize) g_bytes_get_size (mail),
                              error);
}

static gboolean
find_gateway (Spooler *spooler, const char *socket, const char *schema, GError **error)
{
  const PnDbTarget target = { .user = g_get_user_name (), .socket = socket, .name = schema };

  pn_db_library_start ();
  spooler->db = pn_db_open (&target, error);
  if (spooler->db == NULL || !pn_mailbox_find (spooler->db, "support", &spooler->mailbox, error)
      || spooler->mailbox == NULL)
    return FALSE;
  spooler->letters = pn_db_query (spooler->db, letters_sql, PN_NO_ARGS, error);
  return spooler->letters != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (Spooler) spooler = { .is_plain = argc > 1 && strcmp (argv[1], "--plain") == 0 };
  char **words = argv + (spooler.is_plain ? 1 : 0);
  const int n_words = argc - (spooler.is_plain ? 1 : 0);
  const guint n = n_words > 3 ? (guint) strtoul (words[3], NULL, 10) : 0;
  gboolean is_good = n > 0;

  spooler.seed = n_words > 4 ? (guint) strtoul (words[4], NULL, 10) : 1;
  if (is_good && strcmp (words[1], "-") != 0)
    is_good = find_gateway (&spooler, words[1], words[2], &error);
  for (guint i = 0; is_good && i < n; i++) {
    g_autoptr (GBytes) mail = make_mail (&spooler, i);

    spooler.bytes += g_bytes_get_size (mail);
    is_good = spooler.db != NULL ? spool (&spooler, i, mail, &error) : write_file (i, mail, &error);
  }
  if (is_good)
    printf ("{\"mails\":%u,\"bytes\":%" G_GUINT64_FORMAT "}\n", n, spooler.bytes);
  else
    fprintf (stderr, "spool-mails [--plain] SOCKET SCHEMA N [SEED]: %s\n",
             error != NULL ? error->message : "no mailbox \"support\"");
  return is_good ? 0 : 1;
}
