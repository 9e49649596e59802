"""Escalation in a whole gateway whose time leaps: a ticket waits too long, somebody is told and acknowledges, a program is
called, the management gets its digest; and a clerk that dies at any step of it leaves nothing undone or done twice."""
import hashlib
import hmac
import http.client
import http.server
import ipaddress
import json
import os
import socket
import threading

import pytest

import database
import gateway as gateways
import servers
from test_clerk import World, mail

POINTS = ["escalation-inserted", "escalation-committed", "escalation-told"]
STEPS = [{"percent": 50, "agents": ["ada"]},
         {"percent": 100, "notify": ["leads"], "priority": "raise", "assign": "on_call", "tag": "late", "note": "Hurry."}]


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Floor(World):
    """With a team, a promise of an hour, and the API."""

    def start(self):
        self.gateway.settings["web"]["webhook_hosts"] = "127.0.0.1"
        self.gateway.write_settings()
        super().start()
        run = self.gateway.run
        for login, role in (("ada", "lead"), ("boss", "admin")):
            run("staff", "add", login, "--name", login.title(), "--role", role, "--address", f"{login}@staff.example",
                "--generate")
            run("staff", "set", login, "--notices", "none")
        run("staff", "set", "ada", "--queue", "support")
        self.token = self.gateway.json("token", "add", "boss", "--name", "test")["token"]
        run("team", "add", "first", "--title", "First", "--queues", "support", "--leads", "ada", "--on-call", "ada")
        run("organisation", "add", "Analytical Engines", "--domains", "Customer.Example", "--level", "gold")
        minutes = dict.fromkeys(("low", "normal", "high", "urgent"), 60)
        self.api("POST", "/sla", {"name": "common", "title": "Common", "targets": {"first_response": minutes}})

    def restart(self):
        self.gateway.start()
        servers.wait_for(lambda: servers.can_connect(self.gateway.port), f"the web\n{self.gateway.log()}")

    def api(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body),
                           {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        answer = connection.getresponse()
        document = json.loads(answer.read())
        connection.close()
        assert answer.status in (200, 201), (method, path, answer.status, document)
        return document

    def open(self, number):
        ticket = self.gateway.deliver(mail(number, sender=f"c{number}@customer.example"))["ticket"]
        servers.wait_for(lambda: self.escalation(ticket)["next"], f"a plan for #{ticket}\n{self.gateway.log()}")
        return ticket

    def escalation(self, ticket):
        return self.api("GET", f"/tickets/{ticket}")["escalation"]

    def fired(self, ticket):
        return [row["step"] for row in self.escalation(ticket)["fired"]]

    def letters_to(self, address, words):
        return [letter for _, to, letter in self.letters() if to == address and words in letter["Subject"]]

    def wait_for_letter(self, address, words):
        servers.wait_for(lambda: self.letters_to(address, words), f"“{words}” to {address}\n{self.gateway.log()}")
        return self.letters_to(address, words)


def is_private(name):
    try:
        return all(ipaddress.ip_address(row[4][0]).is_private for row in socket.getaddrinfo(name, 443))
    except OSError:
        return False


@pytest.fixture
def floor(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    made = Floor(gateway)
    yield made
    made.stop()


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.calls, server.answers = [], [302]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_ticket_that_nobody_answers(floor, hook):
    floor.start()
    made = floor.api("POST", "/webhooks", {"name": "pager", "target": f"http://127.0.0.1:{hook.server_port}/x"})["webhook"]
    floor.api("POST", "/ladders", {"name": "standard", "title": "Standard", "is_default": True,
                                   "steps": [STEPS[0], {**STEPS[1], "webhook": "pager"}]})
    ticket = floor.open(1)
    floor.pass_time(31 * 60)
    letter, = floor.wait_for_letter("ada@staff.example", "Escalation")
    assert f"[#{ticket}]" in letter["Subject"] and letter.get_body(("html",)) is not None
    assert f"/desk/tickets/{ticket}" in letter.get_body(("plain",)).get_content()
    team, = floor.api("GET", "/teams")["teams"]
    assert [(row["login"], row["is_lead"], row["on_call"]) for row in team["members"]] == [("ada", True, 1)]
    held = floor.api("POST", f"/tickets/{ticket}/acknowledge", {"minutes": 60, "reason": "I am on it."})
    assert held["escalation"]["hold"]["reason"] == "I am on it."
    floor.pass_time(45 * 60)
    other = floor.open(2)
    floor.pass_time(10)
    assert floor.fired(ticket) == [1] and floor.fired(other) == []
    floor.pass_time(20 * 60)
    servers.wait_for(lambda: floor.fired(ticket) == [1, 2], f"the second step\n{floor.gateway.log()}")
    shown = floor.api("GET", f"/tickets/{ticket}")
    assert shown["organisation"]["name"] == "Analytical Engines" and shown["organisation"]["service_level"] == "gold"
    assert shown["ticket"]["priority"] == "high" and shown["ticket"]["assignee"]["login"] == "ada"
    assert shown["ticket"]["tags"] == ["late"] and shown["messages"][-1]["text"] == "Hurry."
    why = [event["reason"] for event in shown["events"] if event["kind"] == "escalation" and event["old"] == "fired"]
    assert len(why) == 2 and "policy Common (version 1)" in why[1] and "step 2" in why[1]
    servers.wait_for(lambda: len(hook.calls) == 1, f"a call\n{floor.gateway.log()}")
    floor.pass_time(5 * 60)  # the redirect was not followed, so it is called again
    servers.wait_for(lambda: len(hook.calls) == 2, f"another call\n{floor.gateway.log()}")
    (first, body), (second, again) = hook.calls
    assert body == again and first["X-Postern-Delivery"] == second["X-Postern-Delivery"]
    assert json.loads(body)["ticket"]["number"] == ticket
    secret = floor.api("GET", f"/webhooks/{made['id']}")["webhook"]["secret"]
    signed = hmac.new(secret.encode(), second["X-Postern-Timestamp"].encode() + b"." + again, hashlib.sha256)
    assert second["X-Postern-Signature"] == "sha256=" + signed.hexdigest()
    digest = floor.api("POST", "/digests", {"name": "morning", "title": "Every morning", "time": "06:00", "zone": "UTC",
                                            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                                            "addresses": ["management@demo.example"]})["digest"]
    floor.pass_time(24 * 3600)
    letter, = floor.wait_for_letter("management@demo.example", "Every morning")
    assert "2 unresolved, 2 overdue" in letter["Subject"]
    assert floor.api("GET", f"/digests/{digest['id']}")["digest"]["next_at"] > digest["next_at"]


def test_organisations_and_presence_from_the_command_line(gateway):
    run = gateway.run
    made = gateway.json("organisation", "add", "Acme", "--domains", "acme.example,Acme.org", "--level", "gold")
    assert made["domains"] == ["acme.example", "acme.org"]
    taken = run("organisation", "add", "Other", "--domains", "acme.org", check=False)
    assert taken.returncode == 75 and "belongs to Acme" in taken.stderr
    public = run("organisation", "add", "Other", "--domains", "gmail.com", check=False)
    assert public.returncode == 65 and "everybody" in public.stderr
    run("organisation", "set", "acme.example", "--name", "Acme Ltd")
    assert [row["name"] for row in gateway.json_lines("organisation", "list")] == ["Acme Ltd"]
    run("staff", "add", "ada", "--name", "Ada", "--role", "lead", "--address", "ada@staff.example", "--generate")
    run("team", "presence", "ada", "away")
    wrong = run("team", "presence", "ada", "gone", check=False)
    assert wrong.returncode == 65 and "available, away, off" in wrong.stderr
    assert run("team", "set", "none", check=False).returncode == 66


def test_teams_and_organisations_are_shown_and_removed(gateway):
    run = gateway.run
    run("organisation", "add", "Acme", "--domains", "acme.example", "--level", "gold", "--note", "calls on Mondays")
    run("staff", "add", "ada", "--name", "Ada", "--role", "lead", "--address", "ada@staff.example", "--generate")
    run("queue", "add", "mill")
    run("team", "add", "engines", "--title", "Engines", "--queues", "mill", "--leads", "ada", "--on-call", "ada",
        "--hours", "ada=always")
    assert run("team", "show", "engines").stdout.splitlines() == [
        "engines: Engines", "  queue mill", "  member ada, leads, is called as number 1 in the hours of always"]
    assert gateway.json("team", "show", "engines")["members"][0]["on_call"] == 1
    assert run("organisation", "show", "acme.example").stdout.splitlines() == [
        "#1 Acme, 0 people", "  level gold", "  domain acme.example", "  note calls on Mondays"]
    assert gateway.json("organisation", "show", "Acme")["person_count"] == 0
    run("digest", "add", "morning", "--team", "engines", "--agents", "ada")
    used = run("team", "remove", "engines", check=False)
    assert used.returncode == 75 and "team engines is named by the digest morning" in used.stderr
    run("digest", "remove", "morning")
    run("team", "remove", "engines")
    assert run("team", "show", "engines", check=False).returncode == 66
    assert [row["name"] for row in gateway.json_lines("queue", "list")] == ["mill"]
    run("organisation", "remove", "acme.example")
    assert run("organisation", "show", "Acme", check=False).returncode == 66
    run("organisation", "add", "Other", "--domains", "acme.example")


def test_a_name_that_leads_into_a_private_network_is_not_called(floor, hook):
    name = next(filter(is_private, ("ip6-localhost", socket.gethostname())), None)
    if name is None:
        pytest.skip("no name of this machine leads into a private network")
    floor.start()
    made = floor.api("POST", "/webhooks", {"name": "pager", "target": f"https://{name}/x"})["webhook"]
    floor.api("POST", f"/webhooks/{made['id']}/test", {})

    def answer():
        calls = floor.api("GET", f"/webhooks/{made['id']}")["webhook"]["calls"]
        return calls and calls[0]["answer"]
    assert "private network" in servers.wait_for(answer, f"an answer\n{floor.gateway.log()}")
    assert hook.calls == []


def test_a_clerk_that_dies_at_every_step(floor):
    floor.gateway.environment["POSTERN_CRASH_ONCE"] = os.path.join(floor.gateway.data, "never")
    for number, point in enumerate(POINTS):
        once = os.path.join(floor.gateway.data, f"once-{point}")
        floor.gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": once})
        if number == 0:
            floor.start()
            floor.api("POST", "/ladders", {"name": "standard", "title": "Standard", "is_default": True, "steps": STEPS})
        else:
            floor.restart()
        ticket = floor.open(number)
        floor.pass_time(2 * 3600)
        servers.wait_for(lambda: floor.fired(ticket) == [1, 2], f"both steps at {point}\n{floor.gateway.log()}")
        servers.wait_for(lambda: floor.count("escalation_notice") == 0, f"the letters at {point}\n{floor.gateway.log()}")
        assert os.path.exists(once), f"nothing died at {point}"
        shown = floor.api("GET", f"/tickets/{ticket}")
        assert [event["kind"] for event in shown["events"]].count("escalation") == 2
        assert [message["text"] for message in shown["messages"]].count("Hurry.") == 1
        assert shown["ticket"]["priority"] == "high"
        assert floor.gateway.stop() == 0
    floor.gateway.environment.pop("POSTERN_CRASH")
    floor.restart()
    (told,), = database.rows(floor.gateway, "SUM(JSON_LENGTH(document, '$.items'))",
                             "FROM outbox WHERE letter = 'escalation'")
    assert told == 2 * len(POINTS)


MADE = [  # path, what is posted, the document's name
    ("/teams", {"name": "second", "title": "Second", "queues": ["support"], "members": ["ada"]}, "team"),
    ("/organisations", {"name": "Acme", "domains": ["acme.example"], "service_level": "gold", "note": "x"}, "organisation"),
    ("/calendars", {"name": "office", "title": "Office", "zone": "UTC", "week": {"mon": [["09:00", "17:00"]]}}, "calendar"),
    ("/sla", {"name": "fast", "title": "Fast", "targets": {"resolution": {"urgent": 30}}}, "policy"),
    ("/ladders", {"name": "steep", "title": "Steep", "steps": STEPS}, "ladder"),
    ("/webhooks", {"name": "pager", "target": "https://hooks.demo.example/x"}, "webhook"),
    ("/digests", {"name": "noon", "title": "Noon", "time": "12:00", "zone": "UTC", "addresses": ["boss@demo.example"]}, "digest"),
    ("/report-plans", {"name": "weekly", "title": "Weekly", "report": "volume", "every": "week", "at": "07:00", "zone": "UTC",
                       "readers": ["boss"]}, "plan"),
    ("/kb/articles", {"title": "Belts", "body": "Oil them.", "language": "en"}, "article"),
]
ONCE = {"secret", "new_secret"}  # said when it is made, and never again


def test_what_is_made_is_answered_as_it_is_shown(floor):
    floor.start()
    for path, body, name in MADE:
        made = floor.api("POST", path, body)[name]
        shown = floor.api("GET", f"{path}/{made['id']}")[name]
        told = {key: value for key, value in made.items() if key not in ONCE}
        assert told == {key: shown[key] for key in told}, path
        assert set(shown) - ONCE <= set(told), path
