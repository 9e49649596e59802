# Tests of gateway/web that need no database.
unit_tests += %D%/test-web-form
%C%_test_web_form_SOURCES = %D%/test-web-form.c
%C%_test_web_form_LDADD = libpntest.a $(WEB)

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
unit_tests += %D%/test-address
%C%_test_address_SOURCES = %D%/test-address.c
%C%_test_address_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-auto
%C%_test_auto_SOURCES = %D%/test-auto.c
%C%_test_auto_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-bounce
%C%_test_bounce_SOURCES = %D%/test-bounce.c
%C%_test_bounce_LDADD = libpntest.a $(MAIL)

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

unit_tests += %D%/test-quote
%C%_test_quote_SOURCES = %D%/test-quote.c
%C%_test_quote_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-sender
%C%_test_sender_SOURCES = %D%/test-sender.c
%C%_test_sender_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/test-form-plan
%C%_test_form_plan_SOURCES = %D%/test-form-plan.c
%C%_test_form_plan_LDADD = libpntest.a $(TICKETING)

unit_tests += %D%/test-kb-cluster
%C%_test_kb_cluster_SOURCES = %D%/test-kb-cluster.c
%C%_test_kb_cluster_LDADD = libpntest.a $(KB)
