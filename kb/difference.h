/* Difference: what changed between two texts, line by line, and within a changed line word by word.
 *
 *   same      a line of both; those far from any change are left out, and a GAP stands for them
 *   removed   a line of the old text alone
 *   added     a line of the new text alone
 *
 * Texts that differ in more than can be compared in reasonable time are shown as wholly replaced. Pure.
 */
#pragma once

#include <glib.h>

typedef enum {
  PN_DIFFERENCE_SAME,
  PN_DIFFERENCE_REMOVED,
  PN_DIFFERENCE_ADDED,
  PN_DIFFERENCE_GAP
} PnDifferenceKind;

typedef struct {
  char *text;
  gboolean is_changed; /* against the line that it stands beside */
} PnDifferencePart;

typedef struct {
  PnDifferenceKind kind;
  GArray *parts; /* of PnDifferencePart: the line, whole; none in a GAP */
  guint count;   /* GAP: how many lines are left out */
} PnDifferenceLine;

/* Returns: (owned) the lines, of PnDifferenceLine; none when the texts are the same. */
GPtrArray *pn_difference (const char *before, const char *after);
