/* postern hours --calendar FILE [--batch]: tries a calendar without a database. */
#pragma once

int pn_cmd_hours (int argc, char **argv);
