# Tests of gateway/web that need no database.
unit_tests += %D%/test-chart
%C%_test_chart_SOURCES = %D%/test-chart.c
%C%_test_chart_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-form
%C%_test_web_form_SOURCES = %D%/test-web-form.c
%C%_test_web_form_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-gzip
%C%_test_web_gzip_SOURCES = %D%/test-web-gzip.c
%C%_test_web_gzip_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-head
%C%_test_web_head_SOURCES = %D%/test-web-head.c
%C%_test_web_head_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-limit
%C%_test_web_limit_SOURCES = %D%/test-web-limit.c
%C%_test_web_limit_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-router
%C%_test_web_router_SOURCES = %D%/test-web-router.c
%C%_test_web_router_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-server
%C%_test_web_server_SOURCES = %D%/test-web-server.c
%C%_test_web_server_LDADD = libpntest.a $(WEB)

# Tests of templates/ and of what writes mail.
unit_tests += %D%/test-letter
%C%_test_letter_SOURCES = %D%/test-letter.c
%C%_test_letter_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-said
%C%_test_said_SOURCES = %D%/test-said.c
%C%_test_said_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-sanitise
%C%_test_sanitise_SOURCES = %D%/test-sanitise.c
%C%_test_sanitise_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-template-spec
%C%_test_template_spec_SOURCES = %D%/test-template-spec.c
%C%_test_template_spec_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-mime-write
%C%_test_mime_write_SOURCES = %D%/test-mime-write.c
%C%_test_mime_write_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-catalogue
%C%_test_catalogue_SOURCES = %D%/test-catalogue.c
%C%_test_catalogue_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-format
%C%_test_format_SOURCES = %D%/test-format.c
%C%_test_format_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-template
%C%_test_template_SOURCES = %D%/test-template.c
%C%_test_template_LDADD = libpntest.a $(TEMPLATES)

# Tests of what reads mail.
unit_tests += %D%/test-absence
%C%_test_absence_SOURCES = %D%/test-absence.c
%C%_test_absence_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-address
%C%_test_address_SOURCES = %D%/test-address.c
%C%_test_address_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-auto
%C%_test_auto_SOURCES = %D%/test-auto.c
%C%_test_auto_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-bounce
%C%_test_bounce_SOURCES = %D%/test-bounce.c
%C%_test_bounce_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-charset
%C%_test_charset_SOURCES = %D%/test-charset.c
%C%_test_charset_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-html-text
%C%_test_html_text_SOURCES = %D%/test-html-text.c
%C%_test_html_text_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-mime-guard
%C%_test_mime_guard_SOURCES = %D%/test-mime-guard.c
%C%_test_mime_guard_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-mime-header
%C%_test_mime_header_SOURCES = %D%/test-mime-header.c
%C%_test_mime_header_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-mime-read
%C%_test_mime_read_SOURCES = %D%/test-mime-read.c
%C%_test_mime_read_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-oauth
%C%_test_oauth_SOURCES = %D%/test-oauth.c
%C%_test_oauth_LDADD = libpntest.a $(MAIL) $(CURL_LIBS)

unit_tests += %D%/test-quote
%C%_test_quote_SOURCES = %D%/test-quote.c
%C%_test_quote_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-quote-html
%C%_test_quote_html_SOURCES = %D%/test-quote-html.c
%C%_test_quote_html_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-quote-world
%C%_test_quote_world_SOURCES = %D%/test-quote-world.c
%C%_test_quote_world_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-sender
%C%_test_sender_SOURCES = %D%/test-sender.c
%C%_test_sender_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-form-plan
%C%_test_form_plan_SOURCES = %D%/test-form-plan.c
%C%_test_form_plan_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-kb-cluster
%C%_test_kb_cluster_SOURCES = %D%/test-kb-cluster.c
%C%_test_kb_cluster_LDADD = libpntest.a $(KB)
# Tests of the ground, of the domain and of the gateway's own parts.
unit_tests += %D%/test-crash
%C%_test_crash_SOURCES = %D%/test-crash.c
%C%_test_crash_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-db-where
%C%_test_db_where_SOURCES = %D%/test-db-where.c
%C%_test_db_where_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-dot
%C%_test_dot_SOURCES = %D%/test-dot.c
%C%_test_dot_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-error
%C%_test_error_SOURCES = %D%/test-error.c
%C%_test_error_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-front-matter
%C%_test_front_matter_SOURCES = %D%/test-front-matter.c
%C%_test_front_matter_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-handover
%C%_test_handover_SOURCES = %D%/test-handover.c
%C%_test_handover_LDADD = libpntest.a $(ALL_LIBS)
unit_tests += %D%/test-heap
%C%_test_heap_SOURCES = %D%/test-heap.c
%C%_test_heap_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/test-health
%C%_test_health_SOURCES = %D%/test-health.c
%C%_test_health_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-holiday
%C%_test_holiday_SOURCES = %D%/test-holiday.c
%C%_test_holiday_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-hours
%C%_test_hours_SOURCES = %D%/test-hours.c
%C%_test_hours_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-reason
%C%_test_reason_SOURCES = %D%/test-reason.c
%C%_test_reason_LDADD = libpntest.a $(CORE) $(TEMPLATES)

unit_tests += %D%/test-rule
%C%_test_rule_SOURCES = %D%/test-rule.c
%C%_test_rule_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-imap-guard
%C%_test_imap_guard_SOURCES = %D%/test-imap-guard.c
%C%_test_imap_guard_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-imap-line
%C%_test_imap_line_SOURCES = %D%/test-imap-line.c
%C%_test_imap_line_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-mail
%C%_test_mail_SOURCES = %D%/test-mail.c
%C%_test_mail_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-parse-server
%C%_test_parse_server_SOURCES = %D%/test-parse-server.c
%C%_test_parse_server_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/test-kb-fit
%C%_test_kb_fit_SOURCES = %D%/test-kb-fit.c
%C%_test_kb_fit_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-kb-rank
%C%_test_kb_rank_SOURCES = %D%/test-kb-rank.c
%C%_test_kb_rank_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-kb-text-tools
%C%_test_kb_text_tools_SOURCES = %D%/test-kb-text-tools.c
%C%_test_kb_text_tools_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-kb-text
%C%_test_kb_text_SOURCES = %D%/test-kb-text.c
%C%_test_kb_text_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-kb-widen
%C%_test_kb_widen_SOURCES = %D%/test-kb-widen.c
%C%_test_kb_widen_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-password
%C%_test_password_SOURCES = %D%/test-password.c
%C%_test_password_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-search
%C%_test_search_SOURCES = %D%/test-search.c
%C%_test_search_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-room
%C%_test_room_SOURCES = %D%/test-room.c
%C%_test_room_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-sandbox
%C%_test_sandbox_SOURCES = %D%/test-sandbox.c
%C%_test_sandbox_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/test-patience
%C%_test_patience_SOURCES = %D%/test-patience.c
%C%_test_patience_LDADD = libpntest.a $(ALL_LIBS)

unit_tests += %D%/test-quantile
%C%_test_quantile_SOURCES = %D%/test-quantile.c
%C%_test_quantile_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-secret
%C%_test_secret_SOURCES = %D%/test-secret.c
%C%_test_secret_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-settings
%C%_test_settings_SOURCES = %D%/test-settings.c
%C%_test_settings_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-sha256
%C%_test_sha256_SOURCES = %D%/test-sha256.c
%C%_test_sha256_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-sla
%C%_test_sla_SOURCES = %D%/test-sla.c
%C%_test_sla_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-smtp-line
%C%_test_smtp_line_SOURCES = %D%/test-smtp-line.c
%C%_test_smtp_line_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-text
%C%_test_text_SOURCES = %D%/test-text.c
%C%_test_text_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-token
%C%_test_token_SOURCES = %D%/test-token.c
%C%_test_token_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-clock
%C%_test_clock_SOURCES = %D%/test-clock.c
%C%_test_clock_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-wake
%C%_test_wake_SOURCES = %D%/test-wake.c
%C%_test_wake_LDADD = libpntest.a $(CORE)

unit_tests += %D%/test-zone
%C%_test_zone_SOURCES = %D%/test-zone.c
%C%_test_zone_LDADD = libpntest.a $(TICKETING)

script_tests += %D%/hours-oracle.py

check_PROGRAMS += %D%/month-probe
%C%_month_probe_SOURCES = %D%/month-probe.c %D%/month.c %D%/month.h
%C%_month_probe_LDADD = $(TICKETING)

check_PROGRAMS += %D%/rule-probe
%C%_rule_probe_SOURCES = %D%/rule-probe.c
%C%_rule_probe_LDADD = $(TICKETING)
script_tests += %D%/rule-oracle.py

check_PROGRAMS += %D%/sla-probe
%C%_sla_probe_SOURCES = %D%/sla-probe.c
%C%_sla_probe_LDADD = $(TICKETING)
script_tests += %D%/sla-oracle.py
