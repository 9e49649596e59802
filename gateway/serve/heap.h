/* Heap: makes this process's memory cheap to inherit for processes that are forked from it.
 *
 * A child that fills a hole copies the page that the hole is in, and what lies around it is of no use to it; the first large
 * piece it wants has the C library join all holes, each in a page of its own. With the holes joined and taken, for good, a
 * child begins where nothing was before, and its pages lie beside each other.
 */
#pragma once

/* Once, when everything is loaded, in a process of one thread. Does nothing in sanitized builds, whose memory is laid
 * out in another way. */
void pn_heap_settle (void);
