noinst_LIBRARIES += libpntemplates.a
libpntemplates_a_SOURCES =
