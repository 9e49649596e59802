/* Tuning: the fixed numbers of ranking, chosen by agreement over several question collections (tests/bench/faq); none
 * was chosen for the sake of one. */
#pragma once

typedef struct {
  double k1;
  double b_phrasing, b_body;
  double phrasing_weight; /* of a word in the question beside one in the body */
  double stop;            /* what a stop word counts */
  double form, pair;      /* what an exact form and a pair of neighbours count beside a stem */
  double power;           /* of the idf in vectors */
  double w_bm25, w_cosine, w_gram, w_vote, w_class, w_mean, w_cover;
  double vote_k, vote_sharp, vote_gram;
  double rate, epochs, decay, class_grams;
  double class_c;
} PnTuning;

extern PnTuning pn_tuning;
