lint_tests += \
  %D%/test-blobs.py \
  %D%/test-layers.py \
  %D%/test-lists.py \
  %D%/test-man.py \
  %D%/test-rows.py \
  %D%/test-sql.py \
  %D%/test-style.py \
  %D%/test-templates.py
EXTRA_DIST += %D%/lint.py %D%/owners
