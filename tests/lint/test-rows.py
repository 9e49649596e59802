#!/usr/bin/python3
"""Each known vulnerability of others that must not be ours has a test named after its row of the list (TRUST.md 1):
"/intake/row-5", "/web/desk/row-17-18-54-attachment", test_row_62_…: a test that is renamed or dropped is missed here."""
import re

import lint

ROWS = [*range(1, 6), *range(7, 11), *range(13, 19), 22, 25, 34, 37, 39, 43, 49, 54, 55, 62, 64, 65, 66, 72, 73, 74]


def named(text):
    """The rows that the names of tests in a file give."""
    names = re.findall(r'g_test_add(?:_data_func|_func)? \(\s*"[^"]*/row-([0-9]+(?:-[0-9]+)*)', text)
    names += re.findall(r"^def test_row_([0-9]+(?:_[0-9]+)*)_", text, re.M)
    return {int(number) for name in names for number in re.split("[-_]", name)}


found = set()
for path in lint.files(".c", ".py"):
    if re.match(r"tests/(unit|db|e2e|browser|crash)/", path):
        found |= named(lint.read(path))
missing = [row for row in ROWS if row not in found]
lint.report(not missing, "each row has a test named after it", [f"row {row} has none" for row in missing])
lint.report(named('g_test_add_func ("/a/row-5-16-x", f);') == {5, 16} and named("def test_row_62_a_b (x):\n") == {62}
            and not named('g_test_add_func ("/a/rows", f);'), "rows: the rule can fail")
lint.end()
