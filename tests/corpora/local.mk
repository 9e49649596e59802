script_tests += %D%/test-faq.py
EXTRA_DIST += %D%/faq.py
