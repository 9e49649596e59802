/* postern parse: a mail on stdin, the normalised message on stdout. */
#pragma once

int pn_cmd_parse (int argc, char **argv); /* returns a code of sysexits(3) */
