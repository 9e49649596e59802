EXTRA_DIST += \
  %D%/audit.js \
  %D%/browser.py \
  %D%/conftest.py \
  %D%/test_desk.py \
  %D%/test_public.py \
  %D%/world.py
