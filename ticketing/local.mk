noinst_LIBRARIES += libpnticketing.a
libpnticketing_a_SOURCES =
