/* Commands: the table of what `postern VERB` can do, and the one door to it. */
#pragma once

#include <glib.h>

typedef struct {
  const char *name;                   /* the verb */
  int (*run) (int argc, char **argv); /* argv[0] is the verb; returns a code of sysexits(3) */
  const char *help;                   /* one line */
} PnCommand;

/* Runs the command that @argv[1] names. Returns: its exit code; 64 (EX_USAGE) when there is none such. */
int pn_command_main (int argc, char **argv);
