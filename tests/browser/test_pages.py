"""Every page there is, for eyes, fingers and ears. Addresses come from the table of routes and from the links of pages, so
that a new page is looked at without a word here; one that no link leads to is found, too."""
import json
import os
import re
import shutil
import urllib.parse

import pytest

import german
import servers
from test_desk import AUDIT
from world import ARTICLES, LONG_WORD, PASSWORD, STAFF

SOURCE = os.environ.get("TOP_SRCDIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LOOKS = [(390, True, True), (1440, False, False)]
# No pages: streams, files, and what is only a fragment of a page.
ELSE = {"/desk/events", "/desk/login", "/desk/messages/{id}/html", "/desk/messages/{id}/raw", "/desk/attachments/{id}", "/desk/held/{id}/raw",
        "/desk/kb/images/{file}", "/desk/reports/{name}/csv"}
START = ["/desk?view=all", "/desk/find", "/desk/wall", "/desk/manage/rules/new", "/desk/queues/hostile"]

# What is English is a name here: of a language, of a calendar, of a form of the demo.
NAMES = ("English", "always", "Billing and contracts", "Quiet corner", "Change of bank account", "Cheap wheels")
# What a form that was filled in wrongly, or sent by a script, is answered with.
WRONG = (
    ("{ticket}/change", {"priority": "x"}), ("{ticket}/change", {"assignee": "x"}), ("{ticket}/tags", {"tag": ""}),
    ("{ticket}/merge", {"into": "x"}), ("{ticket}/merge", {"into": "999999"}), ("{ticket}/unmerge", {}),
    ("{ticket}/accept", {"address": "x@y.example"}), ("{ticket}/notes", {"op": "0" * 32, "text": ""}), ("{ticket}/nothing", {}),
    ("/desk/people/1", {"name": "x", "language": "!!", "note": ""}), ("/desk/people/1/addresses", {"address": "x"}),
    ("/desk/people/1/merge", {"with": "x"}), ("/desk/letters/1/retry", {}), ("/desk/bulk", {}), ("/desk/floor", {}),
    ("/desk/presence", {"state": "x"}), ("/desk/profile", {"name": "", "address": "x", "language": "de"}),
    ("/desk/profile/password", {"current": "x", "password": "y"}), ("/desk/kb", {"op": "0" * 32, "title": "", "body": "x"}),
    ("/desk/kb/categories", {"name": ""}), ("/desk/manage/calendars", {"name": "X Y", "title": "x"}),
    ("/desk/manage/calendars/1", {"if_version": "1", "name": "always", "title": "x", "zone": "Nowhere"}),
    ("/desk/manage/calendars/1/remove", {}), ("/desk/manage/sla", {"name": "X Y", "title": "x"}),
    ("/desk/manage/ladders", {"name": "X Y", "title": "x"}), ("/desk/manage/teams", {"name": "X Y", "title": "x"}),
    ("/desk/manage/digests", {"name": "x", "addresses": ""}), ("/desk/manage/webhooks", {"name": "x", "target": "http://x"}),
    ("/desk/manage/organisations", {"name": "x", "domains": "not one"}), ("/desk/manage/forms", {"name": "X Y", "title": "x"}),
    ("/desk/manage/synonyms", {"text": "alone"}), ("/desk/manage/mood", {"negative": "two-words"}),
    ("/desk/manage/answers", {"queue": "support", "mode": "x"}),
    ("/desk/manage/surveys", {"queue": "support", "delay_hours": "9999", "pause_days": "1"}),
    ("/desk/manage/reports", {"title": "x", "report": "volume", "every": "day", "at": "99", "zone": "UTC", "readers": "mary"}),
    ("/desk/manage/rules/new", {"do": "save", "name": "x", "on.arrival": "1"}), ("/desk/manage/rules/replay", {"weeks": "99"}),
    ("/desk/manage/letters/ack", {"language": "de", "text": "Subject: {{#x}}", "action": "save"}),
    ("/contact", {"name": "x"}), ("/rate/x", {"score": "good"}), ("/my/solved/x", {}), ("/desk/nothing", {}))
LOST = ("/nothing", "/kb/nothing", "/contact/nothing", "/desk/nothing", "/desk/tickets/999999", "/desk?query=foo:bar",
        "/desk?view=nothing", "/desk/outbox?state=nothing", "/desk/reports/volume?from=nothing", "/desk/kb?state=nothing",
        "/search?q=" + "x" * 600)


def texts_of(document):
    """All texts in a document."""
    if isinstance(document, (dict, list)):
        return [text for one in (document.values() if isinstance(document, dict) else document) for text in texts_of(one)]
    return [document] if isinstance(document, str) and " " in document else []


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


@pytest.fixture
def unreachable(world):
    """A letter that can't leave, as its mail server is not there; gone afterwards."""
    world.gateway.run("queue", "add", "dead", "--title", "Dead letters")
    world.gateway.run("mailbox", "add", "dead", "--queue", "dead", "--address", "dead@demo.example", "--smtp-host", "127.0.0.1",
                      "--smtp-port", str(servers.free_port()), "--smtp-security", "plain")
    number = world.open_ticket("dead", "Dora <dora@customer.example>", "Where is it?", "It is late.", mailbox="dead")["ticket"]
    world.api("POST", f"/tickets/{number}/replies", {"text": "On its way."})
    letter = servers.wait_for(lambda: world.api("GET", "/outbox?state=deferred")["letters"], "a letter that was deferred")[0]
    yield f"/desk/tickets/{number}"
    world.api("POST", f"/outbox/{letter['id']}/cancel", {})
    world.gateway.run("mailbox", "set", "dead", "--smtp-port", str(world.smtp.port))


def test_a_german_reads_no_english(world, settings, unreachable):
    world.gateway.run("staff", "add", "greta", "--name", "Greta Hermann", "--address", "greta@demo.example", "--role", "admin",
                      "--language", "de", *(word for queue in STAFF["charles"][2] for word in ("--queue", queue)),
                      "--queue", "dead", "--password-stdin", text=PASSWORD + "\n")
    greta = german.Reader(world.url)
    csrf = greta.log_in("greta", PASSWORD)
    known = german.english_texts()
    with open(os.path.join(SOURCE, "contrib", "demo", "form-return.json"), encoding="utf-8") as file:
        form = json.load(file)
    articles = world.api("GET", "/kb/articles?limit=200")["articles"]
    written = sorted({*NAMES, *(article["title"] for article in articles), *texts_of(form), *(article[field] for article in ARTICLES for field in ("title", "category")),
                      *(ticket["subject"] for ticket in world.api("GET", "/tickets?limit=200")["tickets"] if ticket["subject"])},
                     key=len, reverse=True)
    seen, problems = {}, []

    def read(address, text):
        page = german.Page(text)
        assert page.language == "de", address
        problems.extend(f"{address}: {words}" for words in german.english(page, known, written))
        return page

    todo = [*START, settings, unreachable, "/desk/outbox", "/desk/health", *(f"/desk/tickets/{one}" for one in world.tickets.values()),
            *LOST, "/", "/contact"]
    for address in todo:
        path = urllib.parse.urlsplit(address).path
        kind = address if address in LOST or "/tickets/" in path else re.sub(r"/\d+(-[^/]*)?", "/1", path)
        if kind in seen or "/static/" in path or re.search(r"/(raw|csv|html)$|/attachments/|/images/|^/kb/feed", path):
            continue
        seen[kind] = address
        _, _, text = greta.ask("GET", address)
        if text:
            todo += [link for link in read(address, text).links if re.match(r"/(?!/)[^#]*$", link) and "language=" not in link
                     and not re.match(r"/desk/tickets/\d+$", link)]
    for address, fields in WRONG:
        address = address.format(ticket=f"/desk/tickets/{world.tickets['ada']}")
        status, _, text = greta.ask("POST", address, {**fields, "csrf": csrf} if address.startswith("/desk") else fields)
        assert status >= 400 and text, f"{address} {fields}: {status}"
        read(f"{address} {fields}", text)
    assert len(seen) > 80
    assert "ist nicht zu erreichen: Verbindung abgelehnt" in greta.ask("GET", unreachable)[2]
    assert problems == [], "\n".join(problems)
