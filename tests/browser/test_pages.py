"""Every page there is, for eyes, fingers and ears. Addresses come from the table of routes and from the links of pages, so
that a new page is looked at without a word here; one that no link leads to is found, too."""
import os
import re
import shutil
import urllib.parse

import pytest

from test_desk import AUDIT
from world import LONG_WORD

SOURCE = os.environ.get("TOP_SRCDIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LOOKS = [(390, True, True), (1440, False, False)]
# No pages: streams, files, and what is only a fragment of a page.
ELSE = {"/desk/events", "/desk/login", "/desk/messages/{id}/html", "/desk/messages/{id}/raw", "/desk/attachments/{id}", "/desk/held/{id}/raw",
        "/desk/kb/images/{file}", "/desk/reports/{name}/csv"}
START = ["/desk?view=all", "/desk/find", "/desk/wall", "/desk/manage/rules/new", "/desk/queues/hostile"]


def patterns():
    with open(os.path.join(SOURCE, "gateway", "web", "routes.c"), encoding="utf-8") as file:
        found = set(re.findall(r'\{ GET, "(/desk[^"]*)"', file.read()))
    assert len(found) > 50
    return {pattern: re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)) + "$") for pattern in found - ELSE}


def pattern_of(known, path):
    """A page with a name of its own is not one of those that stand for many."""
    return next((pattern for pattern in sorted(known, key=lambda one: "{" in one) if known[pattern].match(path)), None)


@pytest.fixture
def settings(world):
    """One of everything that can be set, with long words; gone afterwards, but for the form of test_forms.py."""
    rule = {"name": LONG_WORD[:90], "on": ["arrival"], "stop": False,
            "if": {"all": [{"field": "subject", "op": "has", "value": LONG_WORD[:90]}]}, "then": [{"do": "tag", "value": LONG_WORD[:60]}]}
    documents = (
        ("/calendars", "calendar", {"name": "pages", "title": LONG_WORD[:200], "zone": "UTC"}),
        ("/sla", "policy", {"name": "pages", "title": LONG_WORD[:200], "is_enabled": False, "targets": {"resolution": {"normal": 60}}}),
        ("/ladders", "ladder", {"name": "pages", "title": LONG_WORD[:200], "is_enabled": False,
                                "steps": [{"percent": 100, "notify": ["leads"], "tag": "late"}]}),
        ("/teams", "team", {"name": "pages", "title": LONG_WORD[:200], "members": "john"}),
        ("/organisations", "organisation", {"name": LONG_WORD[:200], "note": LONG_WORD}),
        ("/digests", "digest", {"name": "pages", "title": LONG_WORD[:200], "addresses": ["boss@demo.example"]}),
        ("/webhooks", "webhook", {"name": "pages", "target": f"https://hooks.example/{LONG_WORD}"}),
        ("/report-plans", "plan", {"name": "pages", "title": LONG_WORD[:200], "report": "volume", "every": "month", "at": "06:00",
                                   "zone": "UTC", "readers": "mary", "by": "queue"}),
        ("/rules", None, {"rule": rule, "enabled": False}))
    path = os.path.join(os.path.dirname(world.gateway.folder), "form-return.json")
    shutil.copyfile(os.path.join(SOURCE, "contrib", "demo", "form-return.json"), path)
    os.chmod(path, 0o644)
    world.gateway.run("form", "import", path)
    made = []
    try:
        for path, key, document in documents:
            answer = world.api("POST", path, document)
            made.append(f"{path}/{answer.get(key, answer)['id']}")
        yield f"/desk/manage/replays/{world.api('POST', '/rules/replay', {'rule': rule, 'weeks': 1})['replay']}"
    finally:
        for one in made:
            world.api("POST", f"{one}/{'delete' if one.startswith('/rules/') else 'remove'}", {})


def test_every_page_of_the_desk(desk, world, settings):
    known, seen, problems = patterns(), {}, []
    todo = [*START, settings]
    desk.expected = ["the server responded with a status of 404"]
    for address in todo:
        pattern = pattern_of(known, urllib.parse.urlsplit(address).path)
        if pattern is None or pattern in seen:
            continue
        seen[pattern] = address
        for width, dark, touch in LOOKS:
            desk.look(width, 900, dark, touch)
            desk.open(address)
            problems += [f"{address} {width}: {problem}" for problem in desk.js(AUDIT, touch)]
        todo += desk.js("return [...document.querySelectorAll ('a[href^=\"/desk\"]')].map ((a) => a.getAttribute ('href'))")
    assert problems == [], "\n".join(problems)
    assert set(known) - set(seen) == set(), "no link leads to these pages"
