/* Quotes: what a person newly wrote in an answer, without the quoted mail and without the signature.
 *
 *   text         = lines; each is text, quote ("> ..."), or begins something foreign:
 *   attribution  = "On 1 Feb 2016, Some One <x@y> wrote:" in many languages and orders, over up to six lines
 *   informal one = "On Monday, A wrote:", over up to three lines; only right above a quote (quote_intro.h)
 *   header block = "From: ... / Sent: ... / To: ... / Subject: ..." in many languages
 *   separator    = "-----Original Message-----", "---------- Forwarded message ---------", ...
 *   mark         = what mail programs' HTML said about a quote that text cannot say (html_text.h)
 *   signature    = from "-- " on; "Sent from my telephone"
 *
 * Rules, not a list of mails: an attribution needs a date or an address and a verb or a colon; a header block two
 * different fields. What stands below a header block, a separator or an attribution without ">" lines is left out; a
 * mail that starts with one is a forward, of which the text is kept. Answers written between the lines keep the lines
 * they answer. Linear in the size of the text: what is far down in an endless text is only told by its ">". Pure; any thread.
 */
#pragma once

#include <glib.h>

/* Returns: (owned) the new part of @text (UTF-8, LF, perhaps with the marks of html_text.h); all of it when nothing else
 * would be left. */
char *pn_quote_reply (const char *text);

/* Takes the marks of html_text.h out of @text. */
void pn_quote_take_marks (char *text);
