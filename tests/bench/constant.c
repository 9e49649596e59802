/* constant: an HTTP server that always gives the same 8 KiB: the limit of what pages a second can be.
 *
 *   constant PORT     serves on loopback until its standard input ends
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 8192

static char page[PAGE_BYTES];

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
  response = MHD_create_response_from_buffer (PAGE_BYTES, page, MHD_RESPMEM_PERSISTENT);
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

  if (argc != 2) {
    fprintf (stderr, "usage: constant PORT\n");
    return 64;
  }
  address.sin_port = htons ((uint16_t) strtoul (argv[1], NULL, 10));
  memset (page, 'x', sizeof page);
  daemon = MHD_start_daemon (MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL,
                             MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
  if (daemon == NULL) {
    perror ("constant");
    return 1;
  }
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  MHD_stop_daemon (daemon);
  return 0;
}
