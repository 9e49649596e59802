# Unit tests of templates/
unit_tests += %D%/test-letter
%C%_test_letter_SOURCES = %D%/test-letter.c
%C%_test_letter_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-sanitise
%C%_test_sanitise_SOURCES = %D%/test-sanitise.c
%C%_test_sanitise_LDADD = libpntest.a $(TEMPLATES)

unit_tests += %D%/test-template-spec
%C%_test_template_spec_SOURCES = %D%/test-template-spec.c
%C%_test_template_spec_LDADD = libpntest.a $(TEMPLATES)
