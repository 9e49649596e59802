#include "tests/lib/testhttp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int
pn_testhttp_connect (guint port)
{
  int fd = pn_testhttp_try_connect (port);

  if (fd < 0) {
    g_test_message ("connect: %s", g_strerror (errno));
    g_test_fail ();
  }
  return fd;
}

int
pn_testhttp_try_connect (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) port) };
  struct timeval patience = { .tv_sec = PN_TEST_PATIENCE_SECONDS };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0) {
    close (fd);
    return -1;
  }
  return fd;
}

void
pn_testhttp_send (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0) {
    ssize_t n = send (fd, text, left, MSG_NOSIGNAL);

    if (n <= 0)
      return; /* refused half way: the answer says why */
    text += n;
    left -= (gsize) n;
  }
}

char *
pn_testhttp_read_all (int fd)
{
  g_autoptr (GString) all = g_string_new ("");
  char buffer[4096];
  ssize_t n;

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (all, buffer, n);
  if (n < 0 && errno != ECONNRESET) {
    g_test_message ("the connection was not closed: %s", g_strerror (errno));
    g_test_fail ();
    return NULL;
  }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static gboolean
read_byte (int fd, GString *to)
{
  char c;

  if (recv (fd, &c, 1, 0) != 1)
    return FALSE;
  g_string_append_c (to, c);
  return TRUE;
}

static gboolean
read_bytes (int fd, GString *to, gsize n)
{
  while (n > 0) {
    char buffer[4096];
    ssize_t got = recv (fd, buffer, MIN (n, sizeof buffer), 0);

    if (got <= 0)
      return FALSE;
    g_string_append_len (to, buffer, got);
    n -= (gsize) got;
  }
  return TRUE;
}

static gboolean
read_chunks (int fd, GString *to)
{
  for (;;) {
    g_autoptr (GString) line = g_string_new ("");
    guint64 size;

    while (!g_str_has_suffix (line->str, "\r\n")) {
      if (!read_byte (fd, line))
        return FALSE;
    }
    size = g_ascii_strtoull (line->str, NULL, 16);
    if (!read_bytes (fd, size > 0 ? to : line, size + 2))
      return FALSE;
    if (size == 0)
      return TRUE;
    g_string_truncate (to, to->len - 2);
  }
}

char *
pn_testhttp_read_answer (int fd)
{
  g_autoptr (GString) answer = g_string_new ("");
  g_autofree char *length = NULL;
  g_autofree char *coding = NULL;

  while (!g_str_has_suffix (answer->str, "\r\n\r\n")) {
    if (!read_byte (fd, answer))
      return NULL;
  }
  length = pn_testhttp_header (answer->str, "Content-Length");
  coding = pn_testhttp_header (answer->str, "Transfer-Encoding");
  if (coding != NULL && !read_chunks (fd, answer))
    return NULL;
  if (length != NULL && !read_bytes (fd, answer, g_ascii_strtoull (length, NULL, 10)))
    return NULL;
  return g_string_free (g_steal_pointer (&answer), FALSE);
}

char *
pn_testhttp_ask (guint port, const char *request)
{
  int fd = pn_testhttp_connect (port);
  char *answer;

  if (fd < 0)
    return NULL;
  pn_testhttp_send (fd, request);
  answer = pn_testhttp_read_all (fd);
  close (fd);
  return answer;
}

int
pn_testhttp_status (const char *answer)
{
  if (answer == NULL || strncmp (answer, "HTTP/1.1 ", 9) != 0)
    return 0;
  return atoi (answer + 9);
}

char *
pn_testhttp_header (const char *answer, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\r\n%s:", name);
  const char *end = strstr (answer, "\r\n\r\n");
  g_autofree char *head =
      g_strndup (answer, end != NULL ? (gsize) (end - answer) : strlen (answer));
  g_autofree char *lower_head = g_ascii_strdown (head, -1);
  g_autofree char *lower_start = g_ascii_strdown (start, -1);
  const char *found = strstr (lower_head, lower_start);
  const char *value;

  if (found == NULL)
    return NULL;
  value = head + (found - lower_head) + strlen (start);
  value += strspn (value, " ");
  return g_strndup (value, strcspn (value, "\r"));
}

const char *
pn_testhttp_body (const char *answer)
{
  const char *end = answer != NULL ? strstr (answer, "\r\n\r\n") : NULL;

  return end != NULL ? end + 4 : "";
}
