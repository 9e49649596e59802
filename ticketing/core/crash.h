/* Crash points: places where a test may kill the process, to see what is lost or doubled.
 *
 *   POSTERN_CRASH       "name" or "name:3"   die at the first (third) pass of that point
 *   POSTERN_CRASH_ONCE  a path               only the process that creates this file dies; its successors live
 *
 * Only in builds with --enable-test-hooks; else the macro is nothing. Death is SIGKILL: no handler, no flush.
 */
#pragma once

#ifdef PN_TEST_HOOKS
#define PN_CRASH_POINT(name) pn_crash_point (name)
#else
#define PN_CRASH_POINT(name) ((void) 0)
#endif

/* Use the macro. */
void pn_crash_point (const char *name);
