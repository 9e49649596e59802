noinst_LIBRARIES += libpnweb.a
libpnweb_a_SOURCES =
