/* The commands that run a gateway and look after it; each is in its cmd_<verb>.c. argv[0] is the verb.
 * Each returns a code of sysexits(3). */
#pragma once

int pn_cmd_calendar (int argc, char **argv);
int pn_cmd_deliver (int argc, char **argv);
int pn_cmd_doctor (int argc, char **argv);
int pn_cmd_form (int argc, char **argv);
int pn_cmd_init (int argc, char **argv);
int pn_cmd_kb (int argc, char **argv);
int pn_cmd_mailbox (int argc, char **argv);
int pn_cmd_organisation (int argc, char **argv);
int pn_cmd_person (int argc, char **argv);
int pn_cmd_queue (int argc, char **argv);
int pn_cmd_report (int argc, char **argv);
int pn_cmd_mood (int argc, char **argv);
int pn_cmd_rule (int argc, char **argv);
int pn_cmd_role (int argc, char **argv); /* internal: what `postern serve` executes */
int pn_cmd_serve (int argc, char **argv);
int pn_cmd_settings (int argc, char **argv);
int pn_cmd_sla (int argc, char **argv);
int pn_cmd_ladder (int argc, char **argv);
int pn_cmd_digest (int argc, char **argv);
int pn_cmd_webhook (int argc, char **argv);
int pn_cmd_staff (int argc, char **argv);
int pn_cmd_team (int argc, char **argv);
int pn_cmd_token (int argc, char **argv);
