#include "gateway/clerk/answer.h"
#include "gateway/clerk/intake.h"
#include "gateway/clerk/intake_key.h"
#include "gateway/clerk/intake_private.h"
#include "gateway/clerk/loop.h"
#include "ticketing/message.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"

/* What the mails of a group are going to be looked up by; of GBytes. */
typedef struct {
  GPtrArray *ingest_keys;
  GPtrArray *mid_hashes;
  GPtrArray *addresses;
  GPtrArray *limits;
} Wanted;

static GPtrArray *
keys_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
wanted_clear (Wanted *wanted)
{
  g_clear_pointer (&wanted->ingest_keys, g_ptr_array_unref);
  g_clear_pointer (&wanted->mid_hashes, g_ptr_array_unref);
  g_clear_pointer (&wanted->addresses, g_ptr_array_unref);
  g_clear_pointer (&wanted->limits, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

static void
add_mid (Wanted *wanted, const char *mid)
{
  guint8 hash[PN_SHA256_BYTES];

  pn_mid_hash (mid, hash);
  g_ptr_array_add (wanted->mid_hashes, g_bytes_new (hash, sizeof hash));
}

/* Those at the end of a long list are asked for when they are wanted. */
static void
add_mids (Wanted *wanted, const GPtrArray *mids)
{
  for (guint i = mids->len; i > 0 && mids->len - i < PN_MESSAGE_IDS_MOST; i--)
    add_mid (wanted, mids->pdata[i - 1]);
}

static void
add_item (Wanted *wanted, const PnIntakeItem *item)
{
  const PnMail *mail = item->mail;
  char *sender = pn_intake_sender (mail);
  guint8 key[PN_SHA256_BYTES];

  pn_intake_key (item->delivery, mail, key);
  g_ptr_array_add (wanted->ingest_keys, g_bytes_new (key, sizeof key));
  g_ptr_array_add (wanted->addresses, g_bytes_new_take (sender, strlen (sender)));
  if (mail->message_id != NULL)
    add_mid (wanted, mail->message_id);
  add_mids (wanted, mail->in_reply_to);
  add_mids (wanted, mail->references);
  pn_loop_add_keys (mail, wanted->limits);
  pn_answer_add_keys (item->delivery->queue_id, mail, wanted->limits);
}

gboolean
pn_intake_look_ahead (const PnClerk *clerk, const GPtrArray *items, GError **error)
{
  g_auto (Wanted) wanted = { keys_new (), keys_new (), keys_new (), keys_new () };

  for (guint i = 0; i < items->len; i++) {
    const PnIntakeItem *item = items->pdata[i];

    if (item->screening.state == PN_SPOOL_WAITING)
      add_item (&wanted, item);
  }
  return pn_message_look_ahead (clerk->db, wanted.ingest_keys, wanted.mid_hashes, error)
         && pn_person_look_ahead (clerk->db, wanted.addresses, error)
         && pn_rate_look_ahead (clerk->db, wanted.limits, error);
}
