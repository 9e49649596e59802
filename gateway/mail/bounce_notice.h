/* Notices: what a mail service (Amazon SES) tells about a mail as a JSON document in the text. Pure; any thread. */
#pragma once

#include "ticketing/core/mail.h"

/* Returns: TRUE when @text is such a notice; then @mail's kind and bounce are set. */
gboolean pn_bounce_notice_read (PnMail *mail, const char *text);
