/* Test knowledge base: articles for a test database. */
#pragma once

#include "ticketing/core/db.h"

/* Imports JSON lines as `postern kb import` takes them. Returns: (owned) the articles (PnArticle), with their ids. */
GPtrArray *pn_testkb_import (PnDb *db, const char *lines);
