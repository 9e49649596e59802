/* Response: what the server will answer: a status, headers, and a body that is bytes, a file or a stream.
 *
 * Every response carries the strict headers (TRUST.md 2, V3); a page that is shown in a frame asks for others with
 * pn_response_set_policy (). Bytes that compress are sent as gzip to those who take it.
 */
#pragma once

#include "gateway/web/request.h"
#include "gateway/web/stream.h"

typedef enum {
  PN_POLICY_PAGE,       /* our own pages: everything from here */
  PN_POLICY_MAIL,       /* a mail in its frame: no script, images from here */
  PN_POLICY_ATTACHMENT, /* a stranger's file */
} PnPagePolicy;

typedef struct {
  char *name;
  char *value;
} PnResponseHeader;

typedef struct {
  int status;
  GPtrArray *headers; /* of PnResponseHeader */
  GBytes *bytes;      /* NULL: none */
  int fd;             /* -1: none; else the body, from its start */
  gint64 fd_bytes;
  PnStream *stream; /* NULL: none */
  PnPagePolicy policy;
  char *frames;       /* origins whose pages may show this one in a frame; NULL: none */
  gboolean is_public; /* may be kept by caches; else no-store */
} PnResponse;

PnResponse *pn_response_new (void); /* (owned) 404 without a body */
void pn_response_free (PnResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnResponse, pn_response_free)

/* @value with a control character in it is dropped, and the header with it. */
void pn_response_add_header (PnResponse *response, const char *name, const char *value);
const char *pn_response_header (const PnResponse *response, const char *name); /* NULL: none */

void pn_response_set_text (PnResponse *response, int status, const char *type,
                           char *text); /* (taken) */
void pn_response_set_bytes (PnResponse *response, int status, const char *type,
                            GBytes *bytes); /* copied by reference */
void pn_response_set_file (PnResponse *response, const char *type, int fd,
                           gint64 size_bytes); /* (taken) */
void pn_response_set_stream (PnResponse *response, const char *type,
                             PnStream *stream); /* a reference */

/* 303 to @location, a path of ours. */
void pn_response_set_redirect (PnResponse *response, const char *location);

/* Content-Disposition for a name that came from a stranger (RFC 6266): ASCII fallback and UTF-8. */
void pn_response_set_file_name (PnResponse *response, const char *file_name, gboolean is_inline);

/* Lets pages of @origins ("https://shop.example https://…") show this page in a frame. */
void pn_response_set_frames (PnResponse *response, const char *origins);

/* The last step: strict headers, gzip, no-store. */
void pn_response_finish (PnResponse *response, const PnRequest *request);
