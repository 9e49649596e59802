/* Test HTTP: a client that sends bytes as they are written here, to see what a server makes of them. */
#pragma once

#include <glib.h>

/* How long a test waits for what must come: long, since the machine may be busy. */
#define PN_TEST_PATIENCE_SECONDS 60

/* Returns: a connected socket to 127.0.0.1, or -1 with the test failed. */
int pn_testhttp_connect (guint port);
int pn_testhttp_try_connect (guint port); /* the same, where -1 is no failure */
void pn_testhttp_send (int fd, const char *text);

/* Reads until the other side closes. Returns: (owned) all of it; NULL, with the test failed, when it does not close. */
char *pn_testhttp_read_all (int fd);

/* Reads one answer, its body by Content-Length or chunks. (owned) head and (decoded) body; NULL at the end. */
char *pn_testhttp_read_answer (int fd);

/* Sends @request, reads until the end and closes. (owned) */
char *pn_testhttp_ask (guint port, const char *request);

/* Returns: the status of an answer; 0 when it is none. */
int pn_testhttp_status (const char *answer);

/* Returns: (owned) the value of the header @name, or NULL. */
char *pn_testhttp_header (const char *answer, const char *name);

/* Returns: what follows the head. */
const char *pn_testhttp_body (const char *answer);
