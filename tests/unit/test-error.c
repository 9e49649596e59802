#include "ticketing/core/error.h"

#include "tests/lib/test.h"

static void
test_outcomes (void)
{
  static const struct {
    PnErrorCode code;
    int http;
    int exit_code;
  } cases[] = {
    { PN_ERROR_INVALID, 400, 65 },   { PN_ERROR_DENIED, 403, 77 },
    { PN_ERROR_NOT_FOUND, 404, 66 }, { PN_ERROR_CONFLICT, 409, 75 },
    { PN_ERROR_TEMPORARY, 503, 75 }, { PN_ERROR_PERMANENT, 500, 70 },
    { PN_ERROR_UNCERTAIN, 500, 70 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    pn_error_set (&error, cases[i].code, "no %s", "luck");
    g_assert_true (pn_error_is (error, cases[i].code));
    g_assert_cmpstr (error->message, ==, "no luck");
    g_assert_cmpint (pn_error_http_status (error), ==, cases[i].http);
    g_assert_cmpint (pn_error_exit_code (error), ==, cases[i].exit_code);
  }
}

static void
test_reword (void)
{
  g_autoptr (GError) error = NULL;

  pn_error_reword (NULL, PN_ERROR_CONFLICT, "nobody asks");
  pn_error_reword (&error, PN_ERROR_CONFLICT, "nothing went wrong");
  g_assert_no_error (error);
  pn_error_set (&error, PN_ERROR_CONFLICT, "a key is there twice");
  pn_error_reword (&error, PN_ERROR_INVALID, "something else");
  g_assert_cmpstr (error->message, ==, "a key is there twice");
  pn_error_reword (&error, PN_ERROR_CONFLICT, "\"%s\": %s", "mill", error->message);
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_assert_cmpstr (error->message, ==, "\"mill\": a key is there twice");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/error/outcomes", test_outcomes);
  g_test_add_func ("/error/reword", test_reword);
  return g_test_run ();
}
