/* Absence: what answering programs of the world say for people who are away, and programs that ask for a proof.
 *
 *   answer    = a subject that only programs write: "Automatic reply: ...", "Out of Office"
 *   note      = words in the text that somebody is away, above all; with a subject that says so too, or with words that
 *               only such notes have ("in urgent cases", "will not be forwarded")
 *   challenge = "to have your message delivered, follow this link"
 *
 * People write about absences as well ("Automatic reply does not work"): a note asks nothing, so a question mark speaks
 * against it, and the words stand at its beginning. Pure; any thread.
 */
#pragma once

#include <glib.h>

/* Returns: TRUE when @subject is one that only answering programs write. */
gboolean pn_absence_is_answer (const char *subject);

/* Returns: TRUE when @text, without quotes, and @subject together are a note that somebody is away. */
gboolean pn_absence_is_note (const char *subject, const char *text);

/* Returns: TRUE when @subject and @text ask the sender to prove being a person. */
gboolean pn_absence_is_challenge (const char *subject, const char *text);
