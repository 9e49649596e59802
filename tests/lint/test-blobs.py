#!/usr/bin/python3
"""Blobs: every column of the schema that names one stands in the list that the sweep of blobs goes through; what is
missing there would be freed under its user's hands. A name of a blob is a BINARY(32) called …sha; other hashes are
called …_hash, …_key or digest."""
import re

import lint

LIST = "ticketing/blob_sweep.c"
BLOBLESS = r"(?:\w+_)?(?:hash|key|digest)$"


def columns(sql):
    """(table, column) of each BINARY(32)."""
    for statement in re.split(r";\s*\n", sql):
        made = re.search(r"(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) `?(\w+)`?", statement)
        for column in re.findall(r"^\s*(?:ADD COLUMN IF NOT EXISTS )?`?(\w+)`? BINARY\(32\)", statement, re.M):
            yield made.group(1), column


def listed(text):
    table = text[text.index("sources[] = {"):]
    return set(" ".join(re.findall(r'^  \{ "([\w. ]+)",', table[:table.index("\n};")], re.M)).split())


def unlisted(path, sql):
    return [f"{path}: {table}.{column} is neither in {LIST} nor called …_hash, …_key or digest"
            for table, column in columns(sql)
            if not re.match(BLOBLESS, column) and f"{table}.{column}" not in LISTED]


LISTED = listed(lint.read(LIST))
SCHEMA = [path for path in lint.files(".sql") if path.startswith("ticketing/schema/")]
lint.check("what names a blob is in the list of the sweep", unlisted, SCHEMA,
           bad=[("a.sql", "CREATE TABLE IF NOT EXISTS paper (\n  sha BINARY(32) NOT NULL\n);\n"),
                ("a.sql", "ALTER TABLE attachment\n  ADD COLUMN IF NOT EXISTS thumb_sha BINARY(32) NULL;\n")],
           good=[("a.sql", "CREATE TABLE IF NOT EXISTS attachment (\n  sha BINARY(32) NOT NULL,\n  a_key BINARY(32)\n);\n")])
there = {f"{table}.{column}" for path in SCHEMA for table, column in columns(lint.read(path))}
gone = sorted(name for name in LISTED - there if name.endswith("sha"))
lint.report(not gone, "what the list names is there", gone)
lint.end()
