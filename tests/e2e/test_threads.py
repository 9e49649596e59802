"""Real threads of other projects: mails that name each other become one ticket or tickets that are linked, whatever the
order in which they come."""
import collections
import concurrent.futures
import json
import os
import random

import pytest

import database
import servers

CORPORA = os.environ.get("CORPORA", os.path.join(os.environ.get("TOP_SRCDIR", "../.."), "..", "shared", "corpora"))
FOLDER = os.path.join(CORPORA, "thread-notmuch")
EXPECTED = os.path.join(FOLDER, "expect.jsonl")
pytestmark = pytest.mark.skipif(not os.path.exists(EXPECTED), reason=f"the real threads are not at {FOLDER}")


def cases(collection):
    with open(EXPECTED, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [(line["file"], line["expect"]) for line in lines if line["file"].startswith(f"files/{collection}/")]


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def groups(pairs):
    """Sets of names, out of (name, group)."""
    found = collections.defaultdict(set)
    for name, group in pairs:
        found[group].add(name)
    return {frozenset(names) for names in found.values()}


def linked(gateway):
    """{ticket: the smallest number of those that it is linked with, over any number of links}"""
    parent = {row[0]: row[0] for row in database.rows(gateway, "id", "FROM ticket")}

    def root(ticket):
        while parent[ticket] != ticket:
            ticket = parent[ticket]
        return ticket

    for one, other in database.rows(gateway, "ticket_id, other_id", "FROM ticket_link"):
        a, b = root(one), root(other)
        parent[max(a, b)] = min(a, b)
    return {ticket: root(ticket) for ticket in parent}


@pytest.mark.parametrize("collection, seed", [("lkml", 7), ("default", 3), ("threading", 1), ("broken", 1)])
def test_mails_that_name_each_other_are_found_together(running, collection, seed):
    running.run("queue", "add", "support")
    running.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example")
    expected = cases(collection)
    names = [name for name, _ in expected]
    random.Random(seed).shuffle(names)

    def deliver(name):
        return name, running.deliver(read(name), wait=False)["spool"]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        spools = dict(pool.map(deliver, names))
    servers.wait_for(lambda: database.rows(running, "COUNT(*)", "FROM spool WHERE state = 0")[0][0] == 0,
                     "all mails to be filed", deadline=120)
    tickets = dict(database.rows(running, "id, ticket_id", "FROM spool"))
    root = linked(running)
    assert groups((name, root[tickets[spools[name]]]) for name in names) == groups(
        (name, expect["thread"]) for name, expect in expected)
