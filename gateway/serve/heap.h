/* Heap: makes this process's memory cheap to inherit for processes that are forked from it.
 *
 * A child that fills a hole copies the page that the hole is in, and its neighbours are of no use to it. With all holes
 * taken, for good, it begins where nothing was before: its pages lie beside each other.
 */
#pragma once

/* Once, when everything is loaded, in a process of one thread. Does nothing in sanitized builds, whose memory is laid
 * out in another way; where the system refuses, forks only take longer. */
void pn_heap_settle (void);
