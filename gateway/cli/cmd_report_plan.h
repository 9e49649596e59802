/* `postern report plan VERB`: reports that are sent by mail. */
#pragma once

int pn_cmd_report_plan (int argc, char **argv); /* argv[1] is the verb */
