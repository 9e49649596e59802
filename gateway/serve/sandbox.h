/* Sandbox: takes everything from this process but computing and talking on the descriptors it has.
 *
 *   limits    memory beyond what is mapped now, seconds of CPU, seconds at all; no files, no processes, no core
 *   system    read and write, memory that is never executable, time, random bytes, the end; opening anything fails,
 *   calls     and who tries to start a program, a process or a connection is killed
 *
 * What needs files (charsets, databases of types) is loaded before. No way back.
 */
#pragma once

#include <glib.h>

typedef struct {
  gsize
      memory_bytes; /* beyond what was mapped when the filter was compiled; not in sanitized builds */
  guint cpu_seconds;
  guint wall_seconds; /* then SIGALRM ends it */
} PnSandboxLimits;

/* Compiles the filter and measures this process, once, for all processes that are forked from this one. */
gboolean pn_sandbox_prepare (GError **error);

/* Locks this process in. Single-threaded processes only. Returns: FALSE with PERMANENT; then it should end. */
gboolean pn_sandbox_enter (const PnSandboxLimits *limits, GError **error);
