/* constant: an HTTP server that always gives the same bytes: the limit of what pages a second can be.
 *
 *   constant PORT BYTES     serves on loopback until its standard input ends
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES_MAX (16 * 1024 * 1024)

static char *page;
static size_t page_bytes;

static enum MHD_Result
answer (void *data, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *upload, size_t *upload_size, void **state)
{
  static int seen;
  struct MHD_Response *response;
  enum MHD_Result result;

  if (*state == NULL) { /* the head alone: the library wants a second call */
    *state = &seen;
    return MHD_YES;
  }
  response = MHD_create_response_from_buffer (page_bytes, page, MHD_RESPMEM_PERSISTENT);
  result = MHD_queue_response (connection, MHD_HTTP_OK, response);
  MHD_destroy_response (response);
  return result;
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  struct MHD_Daemon *daemon;
  char byte;

  page_bytes = argc == 3 ? strtoul (argv[2], NULL, 10) : 0;
  if (page_bytes == 0 || page_bytes > PAGE_BYTES_MAX) {
    fprintf (stderr, "usage: constant PORT BYTES\n");
    return 64;
  }
  page = malloc (page_bytes);
  if (page == NULL)
    return 1;
  address.sin_port = htons ((uint16_t) strtoul (argv[1], NULL, 10));
  memset (page, 'x', page_bytes);
  daemon = MHD_start_daemon (MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL,
                             MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
  if (daemon == NULL) {
    perror ("constant");
    return 1;
  }
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  MHD_stop_daemon (daemon);
  free (page);
  return 0;
}
