/* Desk form: the builder's page, for desk_form.c and desk_form_change.c alone. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/form.h"

/* Loads the form that the address names. (owned) NULL: answered already. */
PnFormSheet *pn_desk_form_load (PnCall *call);

/* Shows the form as it is in @sheet, saved or not; @problem: what is wrong with it, or NULL. */
void pn_desk_form_show (PnCall *call, int status, const PnFormSheet *sheet, const char *problem);

/* The list of forms; @problem: why none was made, or NULL. */
void pn_desk_form_show_list (PnCall *call, int status, const char *problem);
