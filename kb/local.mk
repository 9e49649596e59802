noinst_LIBRARIES += libpnkb.a
libpnkb_a_SOURCES = \
  %D%/address.c %D%/address.h \
  %D%/article.c %D%/article.h \
  %D%/article_json.c %D%/article_json.h \
  %D%/article_list.c %D%/article_list.h \
  %D%/article_load.c \
  %D%/article_private.h \
  %D%/article_public.c %D%/article_public.h \
  %D%/ask.c %D%/ask.h \
  %D%/asked.c %D%/asked.h \
  %D%/base.c %D%/base.h \
  %D%/category.c %D%/category.h \
  %D%/cluster.c %D%/cluster.h \
  %D%/common_words.c %D%/common_words.h \
  %D%/compound.c %D%/compound.h \
  %D%/confidence.c %D%/confidence.h \
  %D%/courtesy.c %D%/courtesy.h \
  %D%/difference.c %D%/difference.h \
  %D%/excerpt.c %D%/excerpt.h \
  %D%/export.c %D%/export.h \
  %D%/family.c %D%/family.h \
  %D%/family_endings.c %D%/family_endings.h \
  %D%/feedback.c %D%/feedback.h \
  %D%/feedback_figures.c %D%/feedback_figures.h \
  %D%/fit.c %D%/fit.h \
  %D%/forms.c %D%/forms.h \
  %D%/front_matter.c %D%/front_matter.h \
  %D%/given.c %D%/given.h \
  %D%/image.c %D%/image.h \
  %D%/import.c %D%/import.h \
  %D%/index.c %D%/index.h \
  %D%/index_bag.c \
  %D%/learn.c %D%/learn.h \
  %D%/link.c %D%/link.h \
  %D%/markdown.c %D%/markdown.h \
  %D%/phrase.c %D%/phrase.h \
  %D%/proposal.c %D%/proposal.h \
  %D%/publish.c %D%/publish.h \
  %D%/question.c %D%/question.h \
  %D%/rank.c %D%/rank.h \
  %D%/redact.c %D%/redact.h \
  %D%/search.c %D%/search.h \
  %D%/stem.c %D%/stem.h \
  %D%/stop_words.c %D%/stop_words.h \
  %D%/study.c %D%/study.h \
  %D%/suggest.c %D%/suggest.h \
  %D%/synonym.c %D%/synonym.h \
  %D%/thesaurus.c %D%/thesaurus.h \
  %D%/thesaurus_words.c %D%/thesaurus_words.h \
  %D%/thesaurus_words_de.c \
  %D%/thesaurus_words_en.c \
  %D%/thesaurus_words_fr.c \
  %D%/thesaurus_words_pt.c \
  %D%/trust.c %D%/trust.h \
  %D%/tuning.h \
  %D%/version.c %D%/version.h \
  %D%/vote.c %D%/vote.h \
  %D%/widen.c %D%/widen.h \
  %D%/words.c %D%/words.h
