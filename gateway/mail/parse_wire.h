/* Parse, on the wire: what the jailed parser and its clients say to each other over a SOCK_SEQPACKET socket.
 *
 *   client → one packet: the authserv-ids (may be empty) and the mail as a descriptor (SCM_RIGHTS)
 *   child  → J… the head, in pieces;  for each attachment A index size, then B… its bytes;  E: all is said
 *            R first: what another child said before counts no more (it lacked something that this mail needs)
 *   parent → X "signal 11": the child died before it had said all
 *
 * The head is the record in JSON, where text, html and reply are "" (or null), and then these three, for JSON would double
 * the time that they take:
 *
 *   head = json NUL text NUL html NUL reply
 *
 * Each packet is a letter and its payload. Packets have borders, so an answer without E is not mistaken for a whole one.
 */
#pragma once

#define PN_PARSE_PACKET_BYTES_MAX (64 * 1024)
#define PN_PARSE_OPTIONS_BYTES_MAX 4096
#define PN_PARSE_MAIL_BYTES_MAX (256 * 1024 * 1024)
#define PN_PARSE_WALL_SECONDS 20

#define PN_PARSE_TEXTS 3
#define PN_PARSE_SAYS_HEAD 'J'
#define PN_PARSE_SAYS_ATTACHMENT 'A' /* guint32 index, guint64 size, both little-endian */
#define PN_PARSE_SAYS_BYTES 'B'
#define PN_PARSE_SAYS_END 'E'
#define PN_PARSE_SAYS_DIED 'X'
#define PN_PARSE_ATTACHMENT_HEAD_BYTES 12
