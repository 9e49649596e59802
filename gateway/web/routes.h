/* Routes: every address that Postern answers, in one table. */
#pragma once

#include "gateway/web/router.h"

extern const PnRoute pn_routes[];
extern const gsize pn_n_routes;
