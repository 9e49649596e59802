EXTRA_DIST += %D%/local.mk
