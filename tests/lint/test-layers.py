#!/usr/bin/python3
"""Who may include what: the house's floors, and the one file of each library."""
import re

import lint

CORE = ["ticketing/core"]
LAYERS = {  # the longest folder that fits counts
    "templates": ["templates"],
    "ticketing/core": CORE,
    "ticketing": ["ticketing"],
    "kb": ["kb"] + CORE,
    "gateway/mail": ["gateway/mail", "templates"] + CORE,
    "gateway/web": ["gateway/web", "ticketing", "kb", "templates"],
    "gateway/clerk": ["gateway/clerk", "gateway/mail", "ticketing", "kb", "templates"],
    "gateway/serve": ["gateway", "ticketing", "kb", "templates"],
    "gateway/cli": ["gateway", "ticketing", "kb", "templates"],
    "gateway": ["gateway", "ticketing", "kb", "templates"],
    "tests": ["tests", "gateway", "ticketing", "kb", "templates"],
}
LIBRARIES = [  # header, the files that may include it
    (r"(mariadb/|mysql|errmsg\.h|mysqld_error)", r"ticketing/core/db\w*\.c"),
    (r"sodium", r"ticketing/core/(secret|password|token)\.c"),
    (r"nettle/", r"ticketing/core/sha256\.c"),
    (r"gumbo", r"templates/sanitise\w*\.[ch]"),
    (r"libical", r"ticketing/holiday\.c"),
    (r"cmark", r"kb/markdown\.c"),
    (r"libstemmer", r"kb/stem\.c"),
    (r"gnutls/", r"gateway/mail/stream\w*\.c"),
    (r"libetpan/", r"gateway/mail/(imap|smtp|stream)\w*\.[ch]"),
    (r"gmime/", r"gateway/mail/mime_\w+\.[ch]"),
    (r"magic\.h", r"gateway/mail/mime_type\.c"),
    (r"curl/", r"gateway/(mail/oauth|clerk/webhook_send)\.c"),
    (r"microhttpd", r"gateway/web/server\w*\.[ch]"),
    (r"zlib", r"gateway/web/response\.c"),
    (r"seccomp\.h", r"gateway/serve/sandbox\.c"),
    (r"systemd/", r"gateway/serve/notify_systemd\.c"),
]


def folder_fits(path, folder):
    return path.startswith(folder + "/")


def layers(path, text):
    layer = max((name for name in LAYERS if folder_fits(path, name)), key=len)
    complaints = []
    for match in re.finditer(r'^#include "([^"]+)"', text, re.M):
        name = match.group(1)
        if not any(folder_fits(name, folder) for folder in LAYERS[layer]):
            complaints.append(f"{path}:{lint.line_of(text, match.start())}: {layer} may not include {name}")
    return complaints


def libraries(path, text):
    complaints = []
    for match in re.finditer(r"^#include <([^>]+)>", text, re.M):
        for header, allowed in LIBRARIES:
            if re.match(header, match.group(1)) and not re.fullmatch(allowed, path):
                complaints.append(f"{path}:{lint.line_of(text, match.start())}: <{match.group(1)}> is for {allowed}")
    return complaints


def own_header_first(path, text):
    own = path[:-1] + "h"
    first = re.search(r"^#include (.*)$", text, re.M)
    if own not in HEADERS or (first and first.group(1) == f'"{own}"'):
        return []
    return [f"{path}: does not include {own} first"]


HEADERS = set(lint.files(".h"))
SOURCES = lint.files(".c", ".h")
lint.check("each floor includes only what lies below", layers, SOURCES,
           bad=[("ticketing/sla.c", '#include "gateway/mail/imap.h"\n'), ("kb/a.c", '#include "ticketing/sla.h"\n'),
                ("ticketing/core/db.c", '#include "ticketing/sla.h"\n'), ("ticketing/a.c", '#include "sla.h"\n')],
           good=[("kb/a.c", '#include "ticketing/core/db.h"\n'), ("gateway/web/a.c", '#include "ticketing/sla.h"\n')])
lint.check("each library has its one file", libraries, [path for path in SOURCES if not path.startswith("tests/")],
           bad=[("ticketing/sla.c", "#include <mysql.h>\n"), ("gateway/web/api.c", "#include <microhttpd.h>\n")],
           good=[("ticketing/core/db_rows.c", "#include <mysql.h>\n"), ("ticketing/sla.c", "#include <math.h>\n")])
lint.check("own header first", own_header_first, [path for path in SOURCES if path.endswith(".c")],
           bad=[("ticketing/core/db.c", '#include <string.h>\n#include "ticketing/core/db.h"\n')],
           good=[("ticketing/core/db.c", '#include "ticketing/core/db.h"\n'), ("gateway/none.c", "#include <glib.h>\n")])
lint.end()
