# Tests of gateway/web that need no database.
unit_tests += %D%/test-web-form
%C%_test_web_form_SOURCES = %D%/test-web-form.c
%C%_test_web_form_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-head
%C%_test_web_head_SOURCES = %D%/test-web-head.c
%C%_test_web_head_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-router
%C%_test_web_router_SOURCES = %D%/test-web-router.c
%C%_test_web_router_LDADD = libpntest.a $(WEB)

unit_tests += %D%/test-web-server
%C%_test_web_server_SOURCES = %D%/test-web-server.c
%C%_test_web_server_LDADD = libpntest.a $(WEB)
