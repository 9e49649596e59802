#!/usr/bin/python3
"""What lies in a folder is also in the list that builds it: a forgotten test or migration would never run."""
import os
import re

import lint


def listed(path, text):
    """path: a file; text: all local.mk files together."""
    here = os.path.basename(path)
    stem = re.sub(r"\.c$", "", here)
    if here.startswith(("test-", "fuzz-")) and here.endswith(".c"):
        is_listed = re.search(rf"(unit_tests|db_tests|fuzz_programs) \+= %D%/(\w+/)?{re.escape(stem)}$", text, re.M)
    else:
        is_listed = re.search(rf"(?<![\w-]){re.escape(here)}(?![\w-])", text)
    return [] if is_listed else [f"{path} is in no local.mk"]


def each(paths):
    return [complaint for path in paths for complaint in listed(path, MAKE)]


MAKE = "\n".join(lint.read(path) for path in lint.files("local.mk"))
SAMPLE = "unit_tests += %D%/unit/test-a\nx = %D%/b.c %D%/0001_c.sql"
for title, paths in (
        ("each test runs", [path for path in lint.files(".c") if re.match(r"tests/.*/(test|fuzz)-", path)]),
        ("each source is built", [path for path in lint.files(".c", ".h") if not path.startswith("tests/")]),
        ("each migration is embedded", [path for path in lint.files(".sql") if path.startswith("ticketing/schema/")])):
    lint.report(bool(paths) and not each(paths), title, each(paths))
lint.report(bool(listed("tests/unit/test-b.c", SAMPLE)) and bool(listed("ticketing/a.c", SAMPLE))
            and not listed("tests/unit/test-a.c", SAMPLE) and not listed("ticketing/b.c", SAMPLE)
            and not listed("ticketing/schema/0001_c.sql", SAMPLE), "lists: the rule can fail")
lint.end()
