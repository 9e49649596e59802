/* Tuning: the fixed numbers of ranking. They were chosen by going up and down with one after the other and keeping what
 * helped most collections at once (tests/bench/faq); the ranking is flat around them: a step to either side moves the mean
 * by less than half a point. None was chosen for the sake of one collection.
 */
#pragma once

/* BM25F: saturation, and how much a text's length counts against it */
#define PN_TUNE_K1 1.2
#define PN_TUNE_B_PHRASING 0.25
#define PN_TUNE_B_BODY 0.85

/* What a word in the title or a question counts beside one in the body. */
#define PN_TUNE_PHRASING 2.0

/* What terms count beside a stem that says something. */
#define PN_TUNE_STOP 0.3
#define PN_TUNE_COMMON 0.7 /* kb/common_words */
#define PN_TUNE_FORM 0.1
#define PN_TUNE_PAIR 0.15

/* What a question's words stand for (kb/widen), beside the words themselves. */
#define PN_TUNE_SPELLING 0.5
#define PN_TUNE_KINDRED 0.4
#define PN_TUNE_MEANING 0.4
#define PN_TUNE_LONG_FORM 0.8 /* of an abbreviation, and the other way round */
#define PN_TUNE_FAMILY 0.5
#define PN_TUNE_COMPOUND 0.4
#define PN_TUNE_PART 0.7 /* of a compound that no article has */

/* Of the idf, in the vectors of cosines. */
#define PN_TUNE_IDF_POWER 0.75

/* What the measures of kb/rank.h count. */
#define PN_TUNE_W_BM25 1.0
#define PN_TUNE_W_COSINE 0.25
#define PN_TUNE_W_GRAM 0.5
#define PN_TUNE_W_VOTE 0.2
#define PN_TUNE_W_CLASS 1.0

/* How many of the nearest phrasings vote, how fast a vote fades with distance, and the share of grams in nearness. */
#define PN_TUNE_VOTERS 20
#define PN_TUNE_VOTE_SHARPNESS 10.0
#define PN_TUNE_VOTE_GRAM 0.5

/* How many occurrences of the question's terms are looked at, the rarest terms first. */
#define PN_TUNE_POSTINGS 300000

/* Learning: the first step, how fast steps shrink, rounds through all phrasings, the share of grams. */
#define PN_TUNE_RATE 2.0
#define PN_TUNE_DECAY 0.1
#define PN_TUNE_EPOCHS 15
#define PN_TUNE_CLASS_GRAM 0.3
