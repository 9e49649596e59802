EXTRA_DIST += \
  %D%/audit.js \
  %D%/browser.py \
  %D%/conftest.py \
  %D%/german.py \
  %D%/test_answers.py \
  %D%/test_desk.py \
  %D%/test_kb.py \
  %D%/test_find.py \
  %D%/test_figures.py \
  %D%/test_forms.py \
  %D%/test_ladder.py \
  %D%/test_promise.py \
  %D%/test_merge.py \
  %D%/test_pages.py \
  %D%/test_public.py \
  %D%/test_rules.py \
  %D%/test_sla.py \
  %D%/world.py
