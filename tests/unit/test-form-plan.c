#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/form_answer.h"

static const char sample[] =
    "{'title':'Return','language':'en','fields':["
    "{'name':'address','type':'email'},"
    "{'name':'reason','type':'choice','label':'Why?','required':true,'choices':['Broken','Wrong']},"
    "{'name':'seen','type':'date','label':'Since when?','required':true,'least':'2020-01-01',"
    " 'when':{'field':'reason','is':'Broken'}},"
    "{'name':'parts','type':'choices','label':'Which?','choices':['Cog','Card','Oil']},"
    "{'name':'count','type':'number','label':'How many?','least':'1','most':'10'},"
    "{'name':'other','type':'email','label':'Whom else?'},"
    "{'name':'terms','type':'consent','label':'I agree','required':true},"
    "{'name':'note','type':'text','label':'Note','when':{'field':'terms','is':'1'}},"
    "{'name':'card','type':'text','label':'Which card?','when':{'field':'parts','is':'Card'}},"
    "{'name':'text','type':'long_text'}],"
    "'words':{'de':{'title':'Rückgabe','choice.reason.Broken':'Kaputt','field.gone.label':'x'}}}";

static json_t *
document (const char *text)
{
  g_autofree char *quoted = g_strdelimit (g_strdup (text), "'", '"');
  json_t *made = json_loads (quoted, 0, NULL);

  g_assert_nonnull (made);
  return made;
}

static PnFormPlan *
make_sample (void)
{
  g_autoptr (json_t) made = document (sample);
  g_autoptr (GError) error = NULL;
  PnFormPlan *plan = pn_form_plan_read (made, &error);

  pn_assert_no_error (error);
  return plan;
}

/* What was read is written, and read to the same; words of fields that are gone are not kept. */
static void
test_round (void)
{
  g_autoptr (PnFormPlan) plan = make_sample ();
  g_autoptr (json_t) written = pn_form_plan_write (plan);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnFormPlan) again = pn_form_plan_read (written, &error);
  g_autoptr (json_t) twice = again != NULL ? pn_form_plan_write (again) : NULL;
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GPtrArray) keys = pn_form_plan_keys (plan, &texts);

  pn_assert_no_error (error);
  g_assert_true (json_equal (written, twice));
  g_assert_cmpstr (pn_form_plan_word (plan, "de", "title", plan->title), ==, "Rückgabe");
  g_assert_cmpstr (pn_form_plan_word (plan, "fr", "title", plan->title), ==, "Return");
  g_assert_cmpint (json_object_size (json_object_get (plan->words, "de")), ==, 2);
  g_assert_cmpuint (keys->len, ==, texts->len);
  g_assert_cmpstr (keys->pdata[0], ==, "title");
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *part; /* of the message */
  } rows[] = {
    { "[]", "JSON object" },
    { "{'colour':'red'}", "colour" },
    { "{'title':7}", "title" },
    { "{'fields':[]}", "address" },
    { "{'fields':[{'name':'address','type':'text'}]}", "another type" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'Ä','type':'text','label':'x'}]}",
      "small letter" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'nothing'}]}", "type" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'text'}]}", "question" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'choice','label':'x'}]}",
      "choose" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'file','label':'x'}]}",
      "files" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'address','type':'email'}]}", "twice" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'choice','label':'x','choices':['1','1']}]}",
      "twice" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'text','label':'x','when':{'field':'b','is':'1'}}]}",
      "before it" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'b','type':'consent','label':'y'},"
      "{'name':'a','type':'text','label':'x','when':{'field':'b','is':'2'}}]}",
      "nobody can choose" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'number','label':'x','least':'many'}]}",
      "limits" },
    { "{'fields':[{'name':'address','type':'email'},{'name':'a','type':'text','label':'x','pattern':'.'}]}",
      "pattern" },
    { "{'frames':['https://shop.example; script-src *']}", "no site" },
    { "{'frames':['*']}", "no site" },
    { "{'files':{'types':['exe']}}", "kind of file" },
    { "{'confirm':'perhaps'}", "confirm" },
    { "{'words':{'de':{'title':7}}}", "title" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (json_t) made = document (rows[i].text);
    g_autoptr (GError) error = NULL;
    g_autoptr (PnFormPlan) plan = pn_form_plan_read (made, &error);

    g_test_message ("%s", rows[i].text);
    g_assert_null (plan);
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
    g_assert_nonnull (strstr (error->message, rows[i].part));
  }
}

static const char *
find_pair (const char *name, gconstpointer data)
{
  char **pairs = (char **) data;

  for (; *pairs != NULL; pairs++) {
    gsize size = strlen (name);

    if (strncmp (*pairs, name, size) == 0 && (*pairs)[size] == '=')
      return *pairs + size + 1;
  }
  return NULL;
}

/* "field problem" of all complaints, with "; " between. */
static char *
complaints (const PnFormReading *reading)
{
  GString *text = g_string_new ("");

  for (gsize i = 0; i < json_array_size (reading->problems); i++) {
    const json_t *problem = json_array_get (reading->problems, i);

    g_string_append_printf (text, "%s%s %s", i > 0 ? "; " : "", pn_json_get_text (problem, "field"),
                            pn_json_get_text (problem, "problem"));
  }
  return g_string_free (text, FALSE);
}

static void
test_read (void)
{
  static const struct {
    const char *posted;
    const char *problems;
    const char *text;
  } rows[] = {
    { "address=a@b.example|f.reason=Wrong|f.terms=1|text=x", "", "Why?: Wrong\nI agree: ✓\n" },
    { "", "address address; f.reason needed; f.terms consent", "" },
    /* what is asked only when it is broken */
    { "address=a@b.example|f.reason=Broken|f.terms=1", "f.seen needed",
      "Why?: Broken\nI agree: ✓\n" },
    { "address=a@b.example|f.reason=Wrong|f.seen=yesterday|f.terms=1", "",
      "Why?: Wrong\nI agree: ✓\n" },
    { "address=a@b.example|f.reason=Broken|f.seen=2026-02-30|f.terms=1", "f.seen date",
      "Why?: Broken\nI agree: ✓\n" },
    { "address=a@b.example|f.reason=Broken|f.seen=2019-12-31|f.terms=1", "f.seen small", NULL },
    { "address=a@b.example|f.reason=Broken|f.seen=2026-02-28|f.terms=1", "",
      "Why?: Broken\nSince when?: 2026-02-28\nI agree: ✓\n" },
    { "address=a@b.example|f.reason=Else|f.terms=1", "f.reason choice", "I agree: ✓\n" },
    { "address=a@b.example|f.reason=Wrong|f.terms=yes", "f.terms consent", "Why?: Wrong\n" },
    { "address=nonsense|f.reason=Wrong|f.terms=1", "address address", NULL },
    { "address=a@b.example, <v@x.example>|f.reason=Wrong|f.terms=1", "address address", NULL },
    { "address=a@b.example\r\nBcc: v@x.example|f.reason=Wrong|f.terms=1", "address address", NULL },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.count=11", "f.count large", NULL },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.count=0x9", "f.count number", NULL },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.count=inf", "f.count number", NULL },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.count=2,5", "",
      "Why?: Wrong\nHow many?: 2.5\nI agree: ✓\n" },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.other=x@", "f.other address", NULL },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.parts.1=1|f.parts.3=1|f.parts.4=1|f.card=7",
      "", "Why?: Wrong\nWhich?: Cog, Oil\nI agree: ✓\n" },
    { "address=a@b.example|f.reason=Wrong|f.terms=1|f.parts.2=on|f.card={{ticket.secret}} %n${7*7}\r\nx",
      "", "Why?: Wrong\nWhich?: Card\nI agree: ✓\nWhich card?: {{ticket.secret}} %n${7*7} x\n" },
    { "address=a@b.example|f.reason=Wrong|f.note=shown only after consent", "f.terms consent",
      "Why?: Wrong\n" },
  };
  g_autoptr (PnFormPlan) plan = make_sample ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) pairs = g_strsplit (rows[i].posted, "|", 0);
    g_autoptr (PnFormReading) reading = pn_form_reading_new (plan, find_pair, pairs);
    g_autofree char *text = pn_form_answers_text (reading->answers);
    g_autofree char *problems = complaints (reading);

    g_test_message ("%s", rows[i].posted);
    g_assert_cmpstr (problems, ==, rows[i].problems);
    if (rows[i].text != NULL)
      g_assert_cmpstr (text, ==, rows[i].text);
  }
}

/* Answers keep their types, for rules to compare. */
/* Returns: (borrowed) the value of the answer @name, or NULL. */
static const json_t *
find_answer (const json_t *answers, const char *name)
{
  for (gsize i = 0; i < json_array_size (answers); i++) {
    const json_t *answer = json_array_get (answers, i);

    if (g_strcmp0 (pn_json_get_text (answer, "name"), name) == 0)
      return json_object_get (answer, "value");
  }
  return NULL;
}

static void
test_types (void)
{
  const char *const pairs[] = { "address=a@b.example", "f.reason=Wrong", "f.terms=1",
                                "f.count=3",           "f.parts.1=1",    NULL };
  g_autoptr (PnFormPlan) plan = make_sample ();
  g_autoptr (PnFormReading) reading = pn_form_reading_new (plan, find_pair, pairs);

  g_assert_true (json_is_integer (find_answer (reading->answers, "count")));
  g_assert_true (json_is_true (find_answer (reading->answers, "terms")));
  g_assert_true (json_is_array (find_answer (reading->answers, "parts")));
  g_assert_null (find_answer (reading->answers, "seen"));
  g_assert_null (find_answer (reading->answers, "address"));
  g_assert_false (pn_form_reading_shows (reading, "seen"));
  g_assert_cmpstr (pn_form_reading_text (reading, "address"), ==, "a@b.example");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/form/plan/round", test_round);
  g_test_add_func ("/form/plan/refused", test_refused);
  g_test_add_func ("/form/answer/read", test_read);
  g_test_add_func ("/form/answer/types", test_types);
  return g_test_run ();
}
