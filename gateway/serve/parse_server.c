#include "gateway/serve/parse_server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/mail/mime_read.h"
#include "gateway/mail/parse_wire.h"
#include "gateway/serve/heap.h"
#include "gateway/serve/sandbox.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define BACKLOG 256 /* a client that waited here could be the one whom a child waits for */
#define CHILDREN_MOST 8
#define CHILD_WALL_SECONDS 120 /* the client is gone long before */
#define BYTES_A_CPU_SECOND (16 * 1024 * 1024)
#define HEAD_BYTES (32 * 1024) /* of most mails */
#define CHILD_FAILED 70
#define CHILD_NO_CLIENT 0

typedef struct {
  char ids[PN_PARSE_OPTIONS_BYTES_MAX];
  int mail_fd;
} Request;

typedef struct {
  pid_t pid;           /* 0: no child */
  int pid_fd;          /* readable when it has ended */
  int fd;              /* of its connection */
  gboolean is_dropped; /* nobody waits for its answer */
} Child;

struct PnParseServer {
  char *socket_path;
  int fd; /* epoll: of the listener while a child can be made, of children, of their connections */
  int listen_fd;
  gboolean listens;
  Child children[CHILDREN_MOST];
  guint n_children; /* that may run at a time */
};

static int
listen_at (const char *socket_path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;
  mode_t mask;
  gboolean is_bound;

  if (strlen (socket_path) >= sizeof address.sun_path) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the socket's path is too long: %s", socket_path);
    return -1;
  }
  strcpy (address.sun_path, socket_path);
  unlink (socket_path);
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mask = umask (0177);
  is_bound = fd >= 0 && bind (fd, (const struct sockaddr *) &address, sizeof address) == 0;
  umask (mask);
  if (is_bound && listen (fd, BACKLOG) == 0)
    return fd;
  pn_error_set (error, PN_ERROR_PERMANENT, "cannot listen at %s: %s", socket_path,
                g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* @slot: of the child; -1: the listener. */
static gboolean
watch (PnParseServer *self, int fd, guint32 events, int slot)
{
  struct epoll_event event = { .events = events, .data.fd = slot };

  return epoll_ctl (self->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int
add_bytes (const char *bytes, size_t size, void *head)
{
  g_string_append_len (head, bytes, (gssize) size);
  return 0;
}

/* Writes a record: what is done once a process, as finding a seed for tables of names, which the jail lets no child read. */
static void
rehearse (void)
{
  g_autoptr (GBytes) raw = g_bytes_new_static ("", 0);
  g_autoptr (PnMail) mail = pn_mime_read (raw, NULL);
  GString *head = g_string_new (NULL);
  json_t *document = pn_mail_write (mail);

  json_dump_callback (document, add_bytes, head, JSON_COMPACT);
  json_decref (document);
  g_string_free (head, TRUE);
}

PnParseServer *
pn_parse_server_new (const char *socket_path, GError **error)
{
  g_autoptr (PnParseServer) self = g_new0 (PnParseServer, 1);

  self->fd = epoll_create1 (EPOLL_CLOEXEC);
  self->n_children = CLAMP (g_get_num_processors (), 2, CHILDREN_MOST);
  self->listen_fd = listen_at (socket_path, error);
  if (self->listen_fd < 0)
    return NULL;
  self->socket_path = g_strdup (socket_path);
  pn_mime_warm_up ();
  rehearse ();
  if (!pn_sandbox_prepare (error))
    return NULL;
  pn_heap_settle ();
  self->listens = watch (self, self->listen_fd, EPOLLIN, -1);
  if (!self->listens) {
    pn_error_set (error, PN_ERROR_PERMANENT, "cannot wait at %s: %s", socket_path,
                  g_strerror (errno));
    return NULL;
  }
  return g_steal_pointer (&self);
}

int
pn_parse_server_fd (const PnParseServer *self)
{
  return self->fd;
}

static gboolean
say (int fd, char what, const void *bytes, gsize size)
{
  struct iovec parts[2] = { { .iov_base = &what, .iov_len = 1 },
                            { .iov_base = (void *) bytes, .iov_len = size } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
  ssize_t n;

  do {
    n = sendmsg (fd, &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return n >= 0;
}

static gboolean
say_long (int fd, char what, const char *bytes, gsize size)
{
  for (gsize done = 0; done < size;) {
    gsize n = MIN (size - done, PN_PARSE_PACKET_BYTES_MAX - 1);

    if (!say (fd, what, bytes + done, n))
      return FALSE;
    done += n;
  }
  return TRUE;
}

/* Receives the request. Returns: FALSE when the client went away or says nonsense. */
static gboolean
receive (int fd, Request *request)
{
  char control[CMSG_SPACE (sizeof (int))] = { 0 };
  struct iovec part = { .iov_base = request->ids, .iov_len = sizeof request->ids - 1 };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  struct cmsghdr *head;
  ssize_t n = recvmsg (fd, &message, MSG_CMSG_CLOEXEC);

  head = n > 0 ? CMSG_FIRSTHDR (&message) : NULL;
  if (head == NULL || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN (sizeof (int)))
    return FALSE;
  request->ids[n] = '\0';
  memcpy (&request->mail_fd, CMSG_DATA (head), sizeof request->mail_fd);
  return TRUE;
}

/* Dies in the middle of an answer when a test wants it, of the jail when it says so. (PN_CRASH_POINT kills by a call that
 * the jail forbids.) */
static void
maybe_crash (void)
{
#ifdef PN_TEST_HOOKS
  const char *wish = g_getenv ("POSTERN_CRASH_PARSER");

  if (wish == NULL)
    return;
  if (strcmp (wish, "jail") == 0)
    socket (AF_UNIX, SOCK_STREAM, 0);
  __builtin_trap ();
#endif
}

/* Returns: (owned) the record and its long texts; @mail is without them then. NULL when memory is short. */
static GString *
make_head (PnMail *mail)
{
  const char *const texts[PN_PARSE_TEXTS] = { mail->text, mail->html, mail->reply };
  GString *head = g_string_sized_new (HEAD_BYTES);
  json_t *document;

  mail->text = g_strdup ("");
  mail->html = mail->html != NULL ? g_strdup ("") : NULL;
  mail->reply = g_strdup ("");
  document = pn_mail_write (mail);
  if (json_dump_callback (document, add_bytes, head, JSON_COMPACT) != 0)
    return NULL;
  for (gsize i = 0; i < PN_PARSE_TEXTS; i++) {
    g_autofree char *valid = g_utf8_make_valid (texts[i] != NULL ? texts[i] : "", -1);

    g_string_append_c (head, '\0');
    g_string_append (head, valid);
  }
  return head;
}

static gboolean
answer (int fd, PnMail *mail)
{
  const GString *head = make_head (mail);
  gboolean is_said = head != NULL && say_long (fd, PN_PARSE_SAYS_HEAD, head->str, head->len);

  maybe_crash ();
  for (guint i = 0; is_said && i < mail->attachments->len; i++) {
    const PnAttachment *attachment = g_ptr_array_index (mail->attachments, i);
    gsize size;
    const char *bytes = g_bytes_get_data (attachment->bytes, &size);
    guint32 index = GUINT32_TO_LE (i);
    guint64 wide = GUINT64_TO_LE ((guint64) size);
    guint8 announced[PN_PARSE_ATTACHMENT_HEAD_BYTES];

    memcpy (announced, &index, sizeof index);
    memcpy (announced + sizeof index, &wide, sizeof wide);
    is_said = say (fd, PN_PARSE_SAYS_ATTACHMENT, announced, sizeof announced)
              && say_long (fd, PN_PARSE_SAYS_BYTES, bytes, size);
  }
  return is_said && say (fd, PN_PARSE_SAYS_END, NULL, 0);
}

/* The child's whole life. Nothing is freed: its end does that. */
static void G_GNUC_NORETURN
child_main (int fd)
{
  Request request = { .mail_fd = -1 };
  PnSandboxLimits limits = { .memory_bytes = PN_PARSE_MEMORY_BYTES,
                             .wall_seconds = CHILD_WALL_SECONDS };
  PnParseOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  struct stat status;
  void *bytes = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  alarm (CHILD_WALL_SECONDS);
  if (!receive (fd, &request) || fstat (request.mail_fd, &status) != 0)
    _exit (CHILD_NO_CLIENT);
  if (status.st_size > 0)
    bytes = mmap (NULL, (gsize) status.st_size, PROT_READ, MAP_PRIVATE, request.mail_fd, 0);
  limits.memory_bytes += (gsize) status.st_size;
  limits.cpu_seconds = PN_PARSE_CPU_SECONDS + (guint) (status.st_size / BYTES_A_CPU_SECOND);
  options.authserv_ids = request.ids[0] != '\0' ? request.ids : NULL;
  if (bytes == MAP_FAILED || !pn_sandbox_enter (&limits, &error)) {
    pn_log_error (PN_LOG_ERROR, "parse-not-jailed", error, NULL);
    _exit (CHILD_FAILED);
  }
  g_autoptr (GBytes) raw = g_bytes_new_static (bytes, (gsize) status.st_size);
  PnMail *mail = pn_mime_read (raw, &options);
  _exit (answer (fd, mail) ? 0 : CHILD_NO_CLIENT);
}

/* Tells the client how the child ended, unless it ended well. */
static void
tell_death (int fd, int status)
{
  char how[40];

  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return;
  if (WIFSIGNALED (status))
    g_snprintf (how, sizeof how, "signal %d", WTERMSIG (status));
  else
    g_snprintf (how, sizeof how, "exit code %d", WEXITSTATUS (status));
  pn_log (PN_LOG_WARNING, "parser-died", "how=\"%s\"", how);
  say (fd, PN_PARSE_SAYS_DIED, how, strlen (how));
}

/* By hand: as long as a child that was just made has a copy of it, closing alone would leave it watched. */
static void
forget (PnParseServer *self, int fd)
{
  if (fd < 0)
    return;
  epoll_ctl (self->fd, EPOLL_CTL_DEL, fd, NULL);
  close (fd);
}

/* The child keeps standard error and its connection; not the others', nor what its parent has. */
static void
close_others (int fd)
{
  if (fd > 3)
    close_range (3, (unsigned) fd - 1, 0);
  close_range ((unsigned) fd + 1, ~0U, 0);
}

/* Reaps the child; its connection stays. Returns: how it ended. */
static int
reap (PnParseServer *self, Child *child)
{
  int status = 0;

  while (waitpid (child->pid, &status, 0) < 0 && errno == EINTR)
    ;
  forget (self, child->pid_fd);
  child->pid = 0;
  return status;
}

/* Makes a child in @child for the mail that waits at @fd. Returns: FALSE with errno when none can be made. */
static gboolean
make_child (PnParseServer *self, Child *child, int fd)
{
  int problem;

  *child = (Child){ .fd = fd };
  child->pid = fork ();
  if (child->pid == 0) {
    close_others (fd);
    child_main (fd);
  }
  child->pid_fd = child->pid > 0 ? pidfd_open (child->pid, 0) : -1;
  if (child->pid_fd >= 0 && watch (self, child->pid_fd, EPOLLIN, (int) (child - self->children)))
    return TRUE;
  problem = errno;
  if (child->pid > 0) {
    kill (child->pid, SIGKILL);
    reap (self, child);
  }
  child->pid = 0;
  errno = problem;
  return FALSE;
}

static void
bury (PnParseServer *self, Child *child)
{
  int status = reap (self, child);

  if (!child->is_dropped)
    tell_death (child->fd, status);
  forget (self, child->fd);
  *child = (Child){ 0 };
  if (!self->listens)
    self->listens = watch (self, self->listen_fd, EPOLLIN, -1);
}

static void
drop (PnParseServer *self, Child *child)
{
  child->is_dropped = TRUE;
  epoll_ctl (self->fd, EPOLL_CTL_DEL, child->fd, NULL);
  kill (child->pid, SIGKILL);
}

static int
free_slot (const PnParseServer *self)
{
  for (guint i = 0; i < self->n_children; i++) {
    if (self->children[i].pid == 0)
      return (int) i;
  }
  return -1;
}

static gboolean
take_client (PnParseServer *self, int slot, GError **error)
{
  Child *child = &self->children[slot];
  int fd = accept4 (self->listen_fd, NULL, NULL, SOCK_CLOEXEC);

  if (fd < 0)
    return TRUE; /* the client went away again */
  if (make_child (self, child, fd) && watch (self, fd, EPOLLRDHUP, slot))
    return TRUE;
  pn_error_set (error, PN_ERROR_TEMPORARY, "no process can be made for a mail: %s",
                g_strerror (errno));
  if (child->pid > 0) {
    drop (self, child);
    bury (self, child);
  } else {
    close (fd);
    *child = (Child){ 0 };
  }
  return FALSE;
}

static gboolean
take_clients (PnParseServer *self, GError **error)
{
  struct pollfd waits = { .fd = self->listen_fd, .events = POLLIN };
  int slot = free_slot (self);

  while (slot >= 0 && poll (&waits, 1, 0) > 0) {
    if (!take_client (self, slot, error))
      return FALSE;
    slot = free_slot (self);
  }
  if (slot < 0 && self->listens) {
    epoll_ctl (self->fd, EPOLL_CTL_DEL, self->listen_fd, NULL);
    self->listens = FALSE;
  }
  return TRUE;
}

static gboolean
has_ended (const Child *child)
{
  struct pollfd end = { .fd = child->pid_fd, .events = POLLIN };

  return poll (&end, 1, 0) > 0;
}

gboolean
pn_parse_server_serve (PnParseServer *self, GError **error)
{
  struct epoll_event events[2 * CHILDREN_MOST + 1];
  int n = epoll_wait (self->fd, events, G_N_ELEMENTS (events), 0);

  for (int i = 0; i < n; i++) {
    Child *child = events[i].data.fd >= 0 ? &self->children[events[i].data.fd] : NULL;

    if (child == NULL || child->pid == 0)
      continue;
    if (!has_ended (child) && (events[i].events & (EPOLLRDHUP | EPOLLHUP)) != 0)
      drop (self, child);
    if (has_ended (child))
      bury (self, child);
  }
  return take_clients (self, error);
}

void
pn_parse_server_free (PnParseServer *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_children; i++) {
    if (self->children[i].pid == 0)
      continue;
    drop (self, &self->children[i]);
    bury (self, &self->children[i]);
  }
  if (self->socket_path != NULL)
    unlink (self->socket_path);
  if (self->listen_fd >= 0)
    close (self->listen_fd);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->socket_path);
  g_free (self);
}
