noinst_LIBRARIES += libpnmail.a
libpnmail_a_SOURCES = \
  %D%/absence.c %D%/absence.h \
  %D%/address.c %D%/address.h \
  %D%/auto.c %D%/auto.h \
  %D%/bounce.c %D%/bounce.h \
  %D%/bounce_notice.c %D%/bounce_notice.h \
  %D%/bounce_words.c %D%/bounce_words.h \
  %D%/charset.c %D%/charset.h \
  %D%/connect.c %D%/connect.h \
  %D%/dot.c %D%/dot.h \
  %D%/flowed.c %D%/flowed.h \
  %D%/html_entity.c %D%/html_entity.h \
  %D%/html_text.c %D%/html_text.h \
  %D%/imap.c %D%/imap.h \
  %D%/imap_fetch.c \
  %D%/imap_guard.c %D%/imap_guard.h \
  %D%/imap_line.c %D%/imap_line.h \
  %D%/imap_login.c \
  %D%/imap_private.h \
  %D%/language.c %D%/language.h \
  %D%/mime_body.c %D%/mime_body.h \
  %D%/mime_date.c %D%/mime_date.h \
  %D%/mime_guard.c %D%/mime_guard.h \
  %D%/mime_header.c %D%/mime_header.h \
  %D%/mime_params.c \
  %D%/mime_parts.c %D%/mime_parts.h \
  %D%/mime_read.c %D%/mime_read.h \
  %D%/mime_text.c %D%/mime_text.h \
  %D%/mime_type.c %D%/mime_type.h \
  %D%/mime_write.c %D%/mime_write.h \
  %D%/oauth.c %D%/oauth.h \
  %D%/oauth_answer.c %D%/oauth_answer.h \
  %D%/parse_client.c %D%/parse_client.h \
  %D%/parse_wire.h \
  %D%/quote.c %D%/quote.h \
  %D%/quote_field.c %D%/quote_field.h \
  %D%/quote_intro.c %D%/quote_intro.h \
  %D%/quote_words.c %D%/quote_words.h \
  %D%/sender.c %D%/sender.h \
  %D%/server.c %D%/server.h \
  %D%/smtp.c %D%/smtp.h \
  %D%/smtp_line.c %D%/smtp_line.h \
  %D%/stream.c %D%/stream.h \
  %D%/uuencode.c %D%/uuencode.h
