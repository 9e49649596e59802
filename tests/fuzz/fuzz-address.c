#include "tests/fuzz/target.h"

#include "gateway/mail/address.h"
#include "gateway/mail/mime_header.h"

/* Names and addresses are valid text of one line. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = pn_mime_header_utf8 ((const char *) data, size, NULL);
  g_autoptr (GPtrArray) list = pn_address_read_list (text);

  for (guint i = 0; i < list->len; i++) {
    const PnAddress *address = g_ptr_array_index (list, i);

    if (!g_utf8_validate (address->name, -1, NULL) || !g_utf8_validate (address->address, -1, NULL))
      g_error ("an address is no text");
    for (const char *c = address->name; *c != '\0'; c++) {
      if (g_ascii_iscntrl (*c))
        g_error ("a name has control characters");
    }
    for (const char *c = address->address; *c != '\0'; c++) {
      if (g_ascii_iscntrl (*c) || *c == ' ')
        g_error ("an address has control characters or spaces");
    }
  }
  return 0;
}
