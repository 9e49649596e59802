#include "gateway/mail/parse_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/mail/parse_wire.h"
#include "ticketing/core/error.h"
#include "ticketing/core/file.h"
#include "ticketing/core/sha256.h"

#define ANSWER_SECONDS (PN_PARSE_WALL_SECONDS + 10)
#define HEAD_BYTES_MAX (64 * 1024 * 1024)

typedef struct {
  GByteArray *head;
  GPtrArray *files; /* of GByteArray, as they come */
  GArray *sizes;    /* of guint64 */
  guint64 total;    /* bytes of all files announced so far */
  guint64 limit;
  gboolean is_whole;
  char *death; /* "signal 11", or NULL */
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->head, g_byte_array_unref);
  g_clear_pointer (&answer->files, g_ptr_array_unref);
  g_clear_pointer (&answer->sizes, g_array_unref);
  g_clear_pointer (&answer->death, g_free);
}

static int
connect_to (const char *socket_path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  if (strlen (socket_path) >= sizeof address.sun_path) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the socket's path is too long: %s", socket_path);
    return -1;
  }
  strcpy (address.sun_path, socket_path);
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect (fd, (const struct sockaddr *) &address, sizeof address) != 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "no parser listens at %s: %s", socket_path,
                  g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return -1;
  }
  return fd;
}

/* Returns: a sealed descriptor that holds @raw; -1. */
static int
put_in_memory (GBytes *raw, GError **error)
{
  gsize size;
  const char *bytes = g_bytes_get_data (raw, &size);
  int fd = memfd_create ("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "a mail cannot be put in memory for the parser: %s",
                  g_strerror (errno));
    return -1;
  }
  if (!pn_file_write (fd, bytes, size, "a mail in memory for the parser", error)) {
    close (fd);
    return -1;
  }
  fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return fd;
}

static gboolean
send_request (int fd, int mail_fd, const char *ids, GError **error)
{
  char control[CMSG_SPACE (sizeof (int))] = { 0 };
  struct iovec part = { .iov_base = (char *) ids, .iov_len = strlen (ids) + 1 };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  struct cmsghdr *head = CMSG_FIRSTHDR (&message);

  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN (sizeof (int));
  memcpy (CMSG_DATA (head), &mail_fd, sizeof mail_fd);
  if (sendmsg (fd, &message, MSG_NOSIGNAL) < 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "the parser does not take a mail: %s",
                  g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

/* Takes an announced attachment. Returns: FALSE when it is not plausible. */
static gboolean
take_attachment (Answer *answer, const guint8 *payload, gsize size)
{
  guint32 index;
  guint64 bytes;

  if (size != PN_PARSE_ATTACHMENT_HEAD_BYTES)
    return FALSE;
  memcpy (&index, payload, sizeof index);
  memcpy (&bytes, payload + sizeof index, sizeof bytes);
  index = GUINT32_FROM_LE (index);
  bytes = GUINT64_FROM_LE (bytes);
  if (index != answer->files->len || bytes > answer->limit || answer->total + bytes > answer->limit)
    return FALSE;
  answer->total += bytes;
  g_array_append_val (answer->sizes, bytes);
  g_ptr_array_add (answer->files, g_byte_array_sized_new ((guint) bytes));
  return TRUE;
}

static gboolean
take_bytes (Answer *answer, const guint8 *payload, gsize size)
{
  GByteArray *file;

  if (answer->files->len == 0)
    return FALSE;
  file = g_ptr_array_index (answer->files, answer->files->len - 1);
  if (file->len + size > g_array_index (answer->sizes, guint64, answer->files->len - 1))
    return FALSE;
  g_byte_array_append (file, payload, (guint) size);
  return TRUE;
}

/* Takes one packet. Returns: FALSE when it makes no sense. */
static gboolean
take_packet (Answer *answer, const guint8 *packet, gsize size)
{
  switch (packet[0]) {
  case PN_PARSE_SAYS_HEAD:
    if (answer->head->len + size > HEAD_BYTES_MAX)
      return FALSE;
    g_byte_array_append (answer->head, packet + 1, (guint) size - 1);
    return TRUE;
  case PN_PARSE_SAYS_ATTACHMENT: return take_attachment (answer, packet + 1, size - 1);
  case PN_PARSE_SAYS_BYTES: return take_bytes (answer, packet + 1, size - 1);
  case PN_PARSE_SAYS_END: answer->is_whole = TRUE; return TRUE;
  case PN_PARSE_SAYS_DIED:
    answer->death = g_strndup ((const char *) packet + 1, size - 1);
    return TRUE;
  }
  return FALSE;
}

/* Reads packets until all is said, the parser is dead, or time is up. */
static gboolean
receive (int fd, Answer *answer, GError **error)
{
  g_autofree guint8 *packet = g_malloc (PN_PARSE_PACKET_BYTES_MAX + 1);
  gint64 deadline = g_get_monotonic_time () + ANSWER_SECONDS * G_TIME_SPAN_SECOND;

  while (!answer->is_whole && answer->death == NULL) {
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    ssize_t n = recv (fd, packet, PN_PARSE_PACKET_BYTES_MAX + 1, MSG_DONTWAIT);
    gint64 left = deadline - g_get_monotonic_time ();

    if (left <= 0 || (n < 0 && errno == EAGAIN && poll (&wait, 1, (int) (left / 1000) + 1) == 0)) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "the parser did not answer within %d s",
                    ANSWER_SECONDS);
      return FALSE;
    }
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (n <= 0) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "the parser hung up in the middle of its answer");
      return FALSE;
    }
    if (!take_packet (answer, packet, (gsize) n)) {
      pn_error_set (error, PN_ERROR_PERMANENT, "the parser's answer makes no sense");
      return FALSE;
    }
  }
  return TRUE;
}

/* Gives the attachments their bytes; the jailed process is not believed: sizes and hashes are checked. */
static gboolean
join_files (PnMail *mail, Answer *answer, GError **error)
{
  gboolean fits = mail->attachments->len == answer->files->len;

  for (guint i = 0; fits && i < mail->attachments->len; i++) {
    PnAttachment *attachment = g_ptr_array_index (mail->attachments, i);
    GByteArray *file = g_ptr_array_index (answer->files, i);
    g_autofree char *sha256 = NULL;

    answer->files->pdata[i] = NULL;
    attachment->bytes = g_byte_array_free_to_bytes (file);
    sha256 = pn_sha256_of (attachment->bytes);
    fits = attachment->size_bytes == (gint64) g_bytes_get_size (attachment->bytes)
           && strcmp (sha256, attachment->sha256) == 0;
  }
  if (!fits)
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "the parser's attachments are not what its record says");
  return fits;
}

/* Takes the texts behind the record, each with a NUL in front. Returns: FALSE when they are not as they must be. */
static gboolean
take_texts (PnMail *mail, const char *at, const char *end)
{
  char **const texts[PN_PARSE_TEXTS] = { &mail->text, &mail->html, &mail->reply };

  for (gsize i = 0; i < PN_PARSE_TEXTS; i++) {
    const char *start = at + 1;
    const char *next = at < end ? memchr (start, '\0', (gsize) (end - start)) : NULL;
    gboolean is_last = i == PN_PARSE_TEXTS - 1;

    if (at == end || (next == NULL) != is_last)
      return FALSE;
    at = is_last ? end : next;
    if (!g_utf8_validate (start, at - start, NULL) || (*texts[i] == NULL && at > start))
      return FALSE;
    if (*texts[i] == NULL)
      continue;
    g_free (*texts[i]);
    *texts[i] = g_strndup (start, (gsize) (at - start));
  }
  return TRUE;
}

static PnMail *
make_mail (Answer *answer, GError **error)
{
  const char *head = (const char *) answer->head->data;
  const char *end = head + answer->head->len;
  const char *texts = head != NULL ? memchr (head, '\0', answer->head->len) : NULL;
  json_t *document;
  g_autoptr (PnMail) mail = NULL;

  if (answer->death != NULL) {
    g_autofree char *how = g_utf8_make_valid (answer->death, -1);

    pn_error_set (error, PN_ERROR_PERMANENT, "the parser died (%s)", how);
    return NULL;
  }
  document = texts != NULL ? json_loadb (head, (gsize) (texts - head), 0, NULL) : NULL;
  if (document == NULL) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the parser's answer is no JSON");
    return NULL;
  }
  mail = pn_mail_read (document, error);
  json_decref (document);
  if (mail == NULL) {
    g_prefix_error (error, "the parser's answer: ");
    return NULL;
  }
  if (!take_texts (mail, texts, end)) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the texts in the parser's answer make no sense");
    return NULL;
  }
  return join_files (mail, answer, error) ? g_steal_pointer (&mail) : NULL;
}

static void
file_free (gpointer file)
{
  if (file != NULL)
    g_byte_array_unref (file);
}

struct PnParseTask {
  int fd;
  guint64 limit; /* of the answer's attachments */
};

void
pn_parse_task_free (PnParseTask *task)
{
  if (task == NULL)
    return;
  if (task->fd >= 0)
    close (task->fd);
  g_free (task);
}

PnParseTask *
pn_parse_client_start (const char *socket_path, GBytes *raw, const PnParseOptions *options,
                       GError **error)
{
  const char *ids = options != NULL && options->authserv_ids != NULL ? options->authserv_ids : "";
  const guint64 size = g_bytes_get_size (raw);
  g_autoptr (PnParseTask) task = g_new0 (PnParseTask, 1);
  gboolean is_sent;
  int mail_fd;

  task->fd = -1;
  task->limit = 2 * size + 1024 * 1024;
  if (size > PN_PARSE_MAIL_BYTES_MAX || strlen (ids) >= PN_PARSE_OPTIONS_BYTES_MAX) {
    pn_error_set (error, PN_ERROR_PERMANENT, "a mail of %" G_GUINT64_FORMAT " bytes is not parsed",
                  size);
    return NULL;
  }
  task->fd = connect_to (socket_path, error);
  if (task->fd < 0)
    return NULL;
  mail_fd = put_in_memory (raw, error);
  if (mail_fd < 0)
    return NULL;
  is_sent = send_request (task->fd, mail_fd, ids, error);
  close (mail_fd);
  return is_sent ? g_steal_pointer (&task) : NULL;
}

PnMail *
pn_parse_client_finish (PnParseTask *task, GError **error)
{
  g_autoptr (PnParseTask) self = task;
  Answer answer = { .limit = self->limit };
  PnMail *mail = NULL;

  answer.head = g_byte_array_new ();
  answer.files = g_ptr_array_new_with_free_func (file_free);
  answer.sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (receive (self->fd, &answer, error))
    mail = make_mail (&answer, error);
  answer_clear (&answer);
  return mail;
}

PnMail *
pn_parse_client_parse (const char *socket_path, GBytes *raw, const PnParseOptions *options,
                       GError **error)
{
  PnParseTask *task = pn_parse_client_start (socket_path, raw, options, error);

  return task != NULL ? pn_parse_client_finish (task, error) : NULL;
}
