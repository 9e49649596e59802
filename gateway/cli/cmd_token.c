#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/list.h"

static gboolean
add (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *token = NULL;
  g_autoptr (PnAgent) agent = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "What the token is for", "TEXT" },
    { NULL },
  };
  gint64 id = 0;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, entries, "LOGIN", &argc, &argv, error))
    return FALSE;
  if (name == NULL) {
    pn_cli_set_usage (error, "give --name, what the token is for");
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  agent = db != NULL ? pn_cli_find_agent (db, argv[1], error) : NULL;
  if (agent == NULL || !pn_api_token_add (db, agent->id, name, &token, &id, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:I,s:s,s:s,s:s}", "id", (json_int_t) id, "login", agent->login,
                                  "name", name, "token", token));
  else
    printf ("%s\n", token);
  return TRUE;
}

static gboolean
revoke_token (PnCli *cli, int argc, char **argv, GError **error)
{
  gint64 id = 0;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "ID", &argc, &argv, error))
    return FALSE;
  if (!g_ascii_string_to_signed (argv[1], 10, 1, G_MAXINT64, &id, NULL)) {
    pn_cli_set_usage (error, "\"%s\" is no token's id; postern token list shows them", argv[1]);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  return db != NULL && pn_api_token_revoke (db, id, error);
}

static json_t *
make_time (PnTime time)
{
  g_autofree char *text = pn_clock_write (time);

  return text != NULL ? json_string (text) : json_null ();
}

static json_t *
make_json (gconstpointer row)
{
  const PnApiToken *token = row;

  return json_pack ("{s:I,s:s,s:s,s:o,s:o,s:o}", "id", (json_int_t) token->id, "login",
                    token->agent_login, "name", token->name, "created_at",
                    make_time (token->created_at), "used_at", make_time (token->used_at),
                    "revoked_at", make_time (token->revoked_at));
}

static char *
make_text (gconstpointer row)
{
  const PnApiToken *token = row;
  g_autofree char *used = pn_clock_write (token->used_at);
  g_autofree char *revoked = pn_clock_write (token->revoked_at);

  return g_strdup_printf ("%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s", token->id, token->agent_login,
                          token->name, used != NULL ? used : "never",
                          revoked != NULL ? revoked : "-");
}

static const PnCliList list_form = { "ID\tLOGIN\tNAME\tUSED\tREVOKED", make_json, make_text,
                                     pn_api_token_list };

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  return pn_cli_list (cli, &list_form, argc, argv, error);
}

static const PnCliVerb verbs[] = {
  { "add", add, "Makes a token for scripts that act as a person" },
  { "revoke", revoke_token, "Makes a token worthless" },
  { "list", list, "Lists the tokens" },
  { NULL, NULL, NULL },
};

int
pn_cmd_token (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
