/* postern-parse: the role parse alone. It is a program of its own because it makes a process for each mail, and what that
 * costs is mostly the libraries that are mapped: this one has no use for the database's, the web's and the mail servers'. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/serve/role_main.h"

int
main (int argc, char **argv)
{
  if (argc < 4 || strcmp (argv[1], "role") != 0) {
    fprintf (stderr, "postern-parse: started by `postern serve` only\n");
    return EX_USAGE;
  }
  if (strcmp (argv[3], PACKAGE_VERSION) != 0) {
    fprintf (stderr,
             "postern-parse: this is version " PACKAGE_VERSION ", and postern is %s: restart it\n",
             argv[3]);
    return EX_CONFIG;
  }
  return pn_role_main (PN_ROLE_PARSE, NULL, pn_role_parse_run);
}
