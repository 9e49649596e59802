#include <locale.h>

#include "gateway/cli/command.h"

int
main (int argc, char **argv)
{
  setlocale (LC_CTYPE, "C.UTF-8");
  return pn_command_main (argc, argv);
}
