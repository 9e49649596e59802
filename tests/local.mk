check_LIBRARIES = libpntest.a
libpntest_a_SOURCES = \
  %D%/lib/cost.c %D%/lib/cost.h \
  %D%/lib/interleave.c %D%/lib/interleave.h \
  %D%/lib/test.c %D%/lib/test.h \
  %D%/lib/testdb.c %D%/lib/testdb.h \
  %D%/lib/testhttp.c %D%/lib/testhttp.h \
  %D%/lib/testweb.c %D%/lib/testweb.h

include %D%/bench/local.mk
include %D%/corpora/local.mk
include %D%/crash/local.mk
include %D%/browser/local.mk
include %D%/db/local.mk
include %D%/e2e/local.mk
include %D%/fuzz/local.mk
include %D%/unit/local.mk
include %D%/lint/local.mk

unit_tests += %D%/unit/test-crash
%C%_unit_test_crash_SOURCES = %D%/unit/test-crash.c
%C%_unit_test_crash_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-db-where
%C%_unit_test_db_where_SOURCES = %D%/unit/test-db-where.c
%C%_unit_test_db_where_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-dot
%C%_unit_test_dot_SOURCES = %D%/unit/test-dot.c
%C%_unit_test_dot_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/unit/test-error
%C%_unit_test_error_SOURCES = %D%/unit/test-error.c
%C%_unit_test_error_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-front-matter
%C%_unit_test_front_matter_SOURCES = %D%/unit/test-front-matter.c
%C%_unit_test_front_matter_LDADD = libpntest.a $(KB)

unit_tests += %D%/unit/test-handover
%C%_unit_test_handover_SOURCES = %D%/unit/test-handover.c
%C%_unit_test_handover_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/unit/test-health
%C%_unit_test_health_SOURCES = %D%/unit/test-health.c
%C%_unit_test_health_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-holiday
%C%_unit_test_holiday_SOURCES = %D%/unit/test-holiday.c
%C%_unit_test_holiday_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/unit/test-hours
%C%_unit_test_hours_SOURCES = %D%/unit/test-hours.c
%C%_unit_test_hours_LDADD = libpntest.a $(TICKETING)

script_tests += %D%/unit/hours-oracle.py

unit_tests += %D%/unit/test-rule
%C%_unit_test_rule_SOURCES = %D%/unit/test-rule.c
%C%_unit_test_rule_LDADD = libpntest.a $(TICKETING)

check_PROGRAMS += %D%/unit/rule-probe
%C%_unit_rule_probe_SOURCES = %D%/unit/rule-probe.c
%C%_unit_rule_probe_LDADD = $(TICKETING)
script_tests += %D%/unit/rule-oracle.py

script_tests += %D%/corpora/test-mails.py

unit_tests += %D%/unit/test-imap-guard
%C%_unit_test_imap_guard_SOURCES = %D%/unit/test-imap-guard.c
%C%_unit_test_imap_guard_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/unit/test-imap-line
%C%_unit_test_imap_line_SOURCES = %D%/unit/test-imap-line.c
%C%_unit_test_imap_line_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/unit/test-mail
%C%_unit_test_mail_SOURCES = %D%/unit/test-mail.c
%C%_unit_test_mail_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-parse-server
%C%_unit_test_parse_server_SOURCES = %D%/unit/test-parse-server.c
%C%_unit_test_parse_server_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/unit/test-kb-fit
%C%_unit_test_kb_fit_SOURCES = %D%/unit/test-kb-fit.c
%C%_unit_test_kb_fit_LDADD = libpntest.a $(KB)

unit_tests += %D%/unit/test-kb-rank
%C%_unit_test_kb_rank_SOURCES = %D%/unit/test-kb-rank.c
%C%_unit_test_kb_rank_LDADD = libpntest.a $(KB)

unit_tests += %D%/unit/test-kb-text-tools
%C%_unit_test_kb_text_tools_SOURCES = %D%/unit/test-kb-text-tools.c
%C%_unit_test_kb_text_tools_LDADD = libpntest.a $(KB)

unit_tests += %D%/unit/test-kb-text
%C%_unit_test_kb_text_SOURCES = %D%/unit/test-kb-text.c
%C%_unit_test_kb_text_LDADD = libpntest.a $(KB)

unit_tests += %D%/unit/test-password
%C%_unit_test_password_SOURCES = %D%/unit/test-password.c
%C%_unit_test_password_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-search
%C%_unit_test_search_SOURCES = %D%/unit/test-search.c
%C%_unit_test_search_LDADD = libpntest.a $(TICKETING)
unit_tests += %D%/unit/test-patience
%C%_unit_test_patience_SOURCES = %D%/unit/test-patience.c
%C%_unit_test_patience_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/unit/test-quantile
%C%_unit_test_quantile_SOURCES = %D%/unit/test-quantile.c
%C%_unit_test_quantile_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/unit/test-secret
%C%_unit_test_secret_SOURCES = %D%/unit/test-secret.c
%C%_unit_test_secret_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-settings
%C%_unit_test_settings_SOURCES = %D%/unit/test-settings.c
%C%_unit_test_settings_LDADD = libpntest.a $(CORE)

check_PROGRAMS += %D%/unit/sla-probe
%C%_unit_sla_probe_SOURCES = %D%/unit/sla-probe.c
%C%_unit_sla_probe_LDADD = $(TICKETING)
script_tests += %D%/unit/sla-oracle.py

unit_tests += %D%/unit/test-sla
%C%_unit_test_sla_SOURCES = %D%/unit/test-sla.c
%C%_unit_test_sla_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/unit/test-smtp-line
%C%_unit_test_smtp_line_SOURCES = %D%/unit/test-smtp-line.c
%C%_unit_test_smtp_line_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/unit/test-text
%C%_unit_test_text_SOURCES = %D%/unit/test-text.c
%C%_unit_test_text_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-token
%C%_unit_test_token_SOURCES = %D%/unit/test-token.c
%C%_unit_test_token_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-wake
%C%_unit_test_wake_SOURCES = %D%/unit/test-wake.c
%C%_unit_test_wake_LDADD = libpntest.a $(CORE)

clean-local: clean-testdb
.PHONY: clean-testdb
clean-testdb:
	rm -rf %D%/tmp
