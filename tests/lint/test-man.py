#!/usr/bin/python3
"""Manual pages are mdoc without complaints."""
import os
import shutil
import subprocess

import lint


def complaints_of(text):
    run = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, check=False)
    return [line for line in run.stdout.splitlines() if line]


PAGES = [path for path in lint.files(".1", ".5", ".7", ".8") if os.path.basename(os.path.dirname(path)) == "man"]
if shutil.which("mandoc") is None:
    lint.skip("manuals", "mandoc is not installed")
elif not PAGES:
    lint.skip("manuals", "there is no contrib/man/ page yet")
else:
    lint.report(bool(complaints_of(".Dd Today\n.Nonsense\n")), "manuals: the rule can fail")
    for page in PAGES:
        found = complaints_of(lint.read(page))
        lint.report(not found, page, found)
lint.end()
