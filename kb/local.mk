noinst_LIBRARIES += libpnkb.a
libpnkb_a_SOURCES = \
  %D%/article.c %D%/article.h \
  %D%/article_json.c %D%/article_json.h \
  %D%/category.c %D%/category.h \
  %D%/export.c %D%/export.h \
  %D%/front_matter.c %D%/front_matter.h \
  %D%/import.c %D%/import.h
