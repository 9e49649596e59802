script_tests += %D%/test-faq.py
EXTRA_DIST += %D%/faq.py

script_tests += %D%/test-mails.py
