# gateway/serve and gateway/cli share one archive: both may know everything below.
noinst_LIBRARIES += libpngateway.a
libpngateway_a_SOURCES = \
  %D%/role.h
