/* Answering: what a queue may answer by itself, beside the acknowledgement: nothing from the knowledge base, titles, or a
 * whole article where it is sure enough; and what it says while nobody is there. Owns the table queue_answer; a queue
 * without a row suggests titles, in every language and at any time.
 */
#pragma once

#include "ticketing/core/db.h"

typedef enum {
  PN_ANSWERING_OFF,
  PN_ANSWERING_SUGGEST, /* titles with links in the acknowledgement */
  PN_ANSWERING_ANSWER,  /* the article itself, above the threshold */
} PnAnsweringMode;

typedef enum {
  PN_ANSWERING_ALWAYS,
  PN_ANSWERING_CLOSED, /* answers only out of office hours */
  PN_ANSWERING_OPEN,   /* answers only in office hours */
} PnAnsweringHours;

#define PN_ANSWERING_TEXT_MAX_BYTES 2000
#define PN_ANSWERING_THRESHOLD_MIN 0.5

typedef struct {
  gint64 queue_id;
  PnAnsweringMode mode;
  double threshold; /* PN_ANSWERING_THRESHOLD_MIN .. 1; 0: what the base has learned */
  char *languages;  /* "en de": answers only questions in these; "": all */
  PnAnsweringHours hours;
  gint64 calendar_id; /* office hours; 0: always open */
  char *closed_text;  /* what an acknowledgement says out of office hours; "": nothing */
  PnTime away_from;   /* holidays; 0: none */
  PnTime away_until;
  char *away_text;
} PnAnswering;

PnAnswering *pn_answering_new (gint64 queue_id); /* (owned) suggests */
void pn_answering_free (PnAnswering *answering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnAnswering, pn_answering_free)

/* Returns: (owned) that of the queue; one as new where nothing was saved. */
PnAnswering *pn_answering_load (PnDb *db, gint64 queue_id, GError **error);
GPtrArray *pn_answering_list (PnDb *db, GError **error); /* (owned) of PnAnswering, those saved */

/* INVALID for a threshold out of range, a language that is no code, a text too long, an end before its start. */
gboolean pn_answering_save (PnDb *db, const PnAnswering *answering, GError **error);

/* May a question in @language (NULL: unknown) be answered? An unknown one only where no languages are named. */
gboolean pn_answering_has_language (const PnAnswering *answering, const char *language);
gboolean pn_answering_is_away (const PnAnswering *answering, PnTime now);

/* @is_open: by the queue's calendar; TRUE where it has none, or one that is gone. */
gboolean pn_answering_check_open (PnDb *db, const PnAnswering *answering, PnTime now,
                                  gboolean *is_open, GError **error);

const char *pn_answering_mode_name (PnAnsweringMode mode); /* "off", "suggest", "answer" */
gboolean pn_answering_mode_read (const char *name, PnAnsweringMode *mode);
const char *pn_answering_hours_name (PnAnsweringHours hours); /* "always", "closed", "open" */
gboolean pn_answering_hours_read (const char *name, PnAnsweringHours *hours);
