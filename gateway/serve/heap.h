/* Heap: makes this process's memory cheap to inherit for processes that are forked from it.
 *
 *   holes   A child that fills a hole copies the page that the hole is in, and its neighbours are of no use to it. With
 *           all holes taken, for good, it begins where nothing was before: its pages lie beside each other.
 *   pages   A fork notes every page that the parent has written, and the child's end forgets each. So what the parent
 *           has written goes to a file in memory that nobody can write any more, mapped at the same place: each process
 *           sees of it what it looks at, and has what it changes for itself alone, as before.
 */
#pragma once

/* Once, when everything is loaded, in a process of one thread. Does nothing in sanitized builds, whose memory is laid
 * out in another way; where the system refuses, forks only take longer. */
void pn_heap_settle (void);
