# A target is one file with LLVMFuzzerTestOneInput (). make check replays tests/fuzz/corpus/NAME through it; with
# --enable-fuzzers (clang) the same file is a libFuzzer program: tests/fuzz/fuzz-NAME tests/fuzz/corpus/NAME
EXTRA_DIST += %D%/corpus
fuzz_programs =
if FUZZERS
FUZZ_REPLAY =
FUZZ_LINKING = $(AM_LDFLAGS) -fsanitize=fuzzer
check_PROGRAMS += $(fuzz_programs)
else
check_LIBRARIES += libpnreplay.a
libpnreplay_a_SOURCES = %D%/replay.c
FUZZ_REPLAY = libpnreplay.a
FUZZ_LINKING = $(AM_LDFLAGS)
unit_tests += $(fuzz_programs)
endif

fuzz_programs += %D%/fuzz-mime-write
%C%_fuzz_mime_write_SOURCES = %D%/fuzz-mime-write.c %D%/target.h
%C%_fuzz_mime_write_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_mime_write_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-po
%C%_fuzz_po_SOURCES = %D%/fuzz-po.c %D%/target.h
%C%_fuzz_po_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_po_LDADD = $(FUZZ_REPLAY) $(TEMPLATES)

fuzz_programs += %D%/fuzz-sanitise
%C%_fuzz_sanitise_SOURCES = %D%/fuzz-sanitise.c %D%/target.h
%C%_fuzz_sanitise_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_sanitise_LDADD = $(FUZZ_REPLAY) $(TEMPLATES)

fuzz_programs += %D%/fuzz-template
%C%_fuzz_template_SOURCES = %D%/fuzz-template.c %D%/target.h
%C%_fuzz_template_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_template_LDADD = $(FUZZ_REPLAY) $(TEMPLATES)

fuzz_programs += %D%/fuzz-mail-json
%C%_fuzz_mail_json_SOURCES = %D%/fuzz-mail-json.c %D%/target.h
%C%_fuzz_mail_json_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_mail_json_LDADD = $(FUZZ_REPLAY) $(CORE)

fuzz_programs += %D%/fuzz-holiday
%C%_fuzz_holiday_SOURCES = %D%/fuzz-holiday.c %D%/target.h
%C%_fuzz_holiday_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_holiday_LDADD = $(FUZZ_REPLAY) $(TICKETING)

fuzz_programs += %D%/fuzz-form
%C%_fuzz_form_SOURCES = %D%/fuzz-form.c %D%/target.h
%C%_fuzz_form_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_form_LDADD = $(FUZZ_REPLAY) $(WEB)

fuzz_programs += %D%/fuzz-query
%C%_fuzz_query_SOURCES = %D%/fuzz-query.c %D%/target.h
%C%_fuzz_query_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_query_LDADD = $(FUZZ_REPLAY) $(WEB)

fuzz_programs += %D%/fuzz-imap-wire
%C%_fuzz_imap_wire_SOURCES = %D%/fuzz-imap-wire.c %D%/target.h
%C%_fuzz_imap_wire_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_imap_wire_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-smtp-wire
%C%_fuzz_smtp_wire_SOURCES = %D%/fuzz-smtp-wire.c %D%/target.h
%C%_fuzz_smtp_wire_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_smtp_wire_LDADD = $(FUZZ_REPLAY) $(MAIL)
fuzz_programs += %D%/fuzz-kb-import
%C%_fuzz_kb_import_SOURCES = %D%/fuzz-kb-import.c %D%/target.h
%C%_fuzz_kb_import_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_kb_import_LDADD = $(FUZZ_REPLAY) $(KB)

fuzz_programs += %D%/fuzz-search
%C%_fuzz_search_SOURCES = %D%/fuzz-search.c %D%/target.h
%C%_fuzz_search_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_search_LDADD = $(FUZZ_REPLAY) $(TICKETING)
# Mail: bytes of strangers.
fuzz_programs += %D%/fuzz-address
%C%_fuzz_address_SOURCES = %D%/fuzz-address.c %D%/target.h
%C%_fuzz_address_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_address_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-bounce
%C%_fuzz_bounce_SOURCES = %D%/fuzz-bounce.c %D%/target.h
%C%_fuzz_bounce_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_bounce_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-header
%C%_fuzz_header_SOURCES = %D%/fuzz-header.c %D%/target.h
%C%_fuzz_header_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_header_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-html-text
%C%_fuzz_html_text_SOURCES = %D%/fuzz-html-text.c %D%/target.h
%C%_fuzz_html_text_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_html_text_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-mime
%C%_fuzz_mime_SOURCES = %D%/fuzz-mime.c %D%/target.h
%C%_fuzz_mime_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_mime_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-oauth
%C%_fuzz_oauth_SOURCES = %D%/fuzz-oauth.c %D%/target.h
%C%_fuzz_oauth_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_oauth_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-quote
%C%_fuzz_quote_SOURCES = %D%/fuzz-quote.c %D%/target.h
%C%_fuzz_quote_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_quote_LDADD = $(FUZZ_REPLAY) $(MAIL)

fuzz_programs += %D%/fuzz-token
%C%_fuzz_token_SOURCES = %D%/fuzz-token.c %D%/target.h
%C%_fuzz_token_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_token_LDADD = $(FUZZ_REPLAY) $(CORE)

fuzz_programs += %D%/fuzz-kb-text
%C%_fuzz_kb_text_SOURCES = %D%/fuzz-kb-text.c %D%/target.h
%C%_fuzz_kb_text_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_kb_text_LDADD = $(FUZZ_REPLAY) $(KB)

fuzz_programs += %D%/fuzz-form-plan
%C%_fuzz_form_plan_SOURCES = %D%/fuzz-form-plan.c %D%/target.h
%C%_fuzz_form_plan_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_form_plan_LDADD = $(FUZZ_REPLAY) $(TICKETING)
fuzz_programs += %D%/fuzz-ladder
%C%_fuzz_ladder_SOURCES = %D%/fuzz-ladder.c %D%/target.h
%C%_fuzz_ladder_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_ladder_LDADD = $(FUZZ_REPLAY) $(TICKETING)

fuzz_programs += %D%/fuzz-rule
%C%_fuzz_rule_SOURCES = %D%/fuzz-rule.c %D%/target.h
%C%_fuzz_rule_LDFLAGS = $(FUZZ_LINKING)
%C%_fuzz_rule_LDADD = $(FUZZ_REPLAY) $(TICKETING)
