#!/usr/bin/python3
"""SQL: a table has one owner, time is bound, and what the schema makes has an owner on record (tests/lint/owners)."""
import re

import lint

NAME = r"`?([a-z_][a-z0-9_]*)`?"
START = re.compile(r"\s*\(?(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|EXPLAIN)\b")


def read_owners():
    owners = {}
    for line in lint.read("tests/lint/owners").splitlines():
        table, *modules = line.split("#")[0].split()[:1] + line.split("#")[0].split()[1:] or [None]
        if table:
            owners[table] = modules
    return owners


def made_tables():
    text = "".join(lint.read(path) for path in lint.files(".sql") if path.startswith("ticketing/schema/"))
    gone = set(re.findall(rf"DROP TABLE IF EXISTS {NAME}", text))
    made = set(re.findall(rf"CREATE TABLE IF NOT EXISTS {NAME}", text))
    return made - gone


def statements(text):
    """(position, SQL) of each literal that starts like a statement; literals and macros side by side are one."""
    literal = r'"(?:\\.|[^"\\\n])*"'
    for match in re.finditer(rf"{literal}(?:\s*(?:{literal}|[A-Z][A-Z0-9_]+\b))*", lint.without_comments(text)):
        sql = " ".join(piece[1:-1] for piece in re.findall(literal, match.group(0)))
        if START.match(sql):
            yield match.start(), sql


def tables(sql):
    return set(re.findall(rf"\b(?:FROM|JOIN|INTO|^\s*UPDATE)\s+{NAME}", sql)) & TABLES


def ownership(path, text):
    module = re.sub(r"\.c$", "", path)
    complaints = []
    for position, sql in statements(text):
        for table in sorted(tables(sql)):
            if not any(module == owner or module.startswith(owner + "_") for owner in OWNERS.get(table, [])):
                complaints.append(f"{path}:{lint.line_of(text, position)}: {table} belongs to {OWNERS.get(table)}")
    return complaints


def times(path, text):
    pattern = re.compile(r"\b(NOW|CURRENT_TIMESTAMP|CURDATE|UTC_TIMESTAMP)\b")
    return [f"{path}:{lint.line_of(text, position)}: bind pn_clock_now ()"
            for position, sql in statements(text) if pattern.search(sql)]


OWNERS = read_owners()
TABLES = made_tables()
SOURCES = [path for path in lint.files(".c") if not path.startswith("tests/")]
lint.report(TABLES <= set(OWNERS), "each table has an owner", [f"{table}: none" for table in sorted(TABLES - set(OWNERS))])
lint.check("only its owner names a table", ownership, SOURCES,
           bad=[("gateway/web/desk.c", 'f ("SELECT sha"\n " FROM `blob`");'), ("kb/a.c", 'f ("UPDATE blob_chunk SET a = 1");'),
                ("kb/a.c", 'f ("SELECT " COLUMNS\n " FROM blob_chunk");')],
           good=[("ticketing/core/blob.c", 'f ("SELECT sha FROM `blob`");'), ("kb/a.c", 'f ("a blob FROM blob");')])
lint.check("time is bound", times, SOURCES, bad=[("a.c", '"SELECT NOW(6)"')], good=[("a.c", '"NOW"; "SELECT 1"')])
lint.end()
