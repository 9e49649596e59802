/* Heap: leaves the holes of this process's memory alone, for the sake of processes that are forked from it.
 *
 * A child that fills a hole copies the page that the hole is in, and its neighbours are of no use to it. With all holes
 * taken, for good, it begins where nothing was before: its pages lie beside each other and nothing is copied.
 */
#pragma once

/* Once, when everything is loaded. Does nothing in sanitized builds, whose memory is laid out in another way. */
void pn_heap_fill_holes (void);
