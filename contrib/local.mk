EXTRA_DIST += \
  %D%/check \
  %D%/check-count \
  %D%/install-packages \
  %D%/packages
